import { describe, expect, it } from '@jest/globals';

import { StoreError } from '../../../core/store';
import { setUp } from './one-cycle';
import { endOf, partsOf, refusing, setting, type Texts, type Updating } from './updating';

/** A process whose write gets no answer. */
function losing(versioned: boolean, texts: Texts) {
  const world = setUp({ versioned, texts });
  const { join, run, server } = world;
  return {
    ...world,
    /** Sends a write that gets no answer. */
    lose: async (...wanted: readonly Texts[]): Promise<readonly Updating[]> => {
      server.failures.push(new StoreError('no reply', { kind: 'ambiguous' }));
      const updates = wanted.map((one) => join(setting(one)));
      await run(updates);
      return updates;
    },
    /** Somebody else begins a cycle, which writes nothing, and reads this. */
    read: async (shown: Texts, version = server.version) => {
      Object.assign(server, { parts: partsOf(shown), version });
      await run([join(refusing)]);
    },
  };
}

describe('A write without an answer', () => {
  it('is a commit of what a later read shows of it', async () => {
    const { commits, lose, read } = losing(true, { a: '0', b: '0' });
    const [update] = await lose({ a: '1', b: '1' });
    await read({ a: '1', b: '9' }, 8);
    expect(commits).toEqual([new Map([['a', { from: '0', to: '1' }]])]);
    expect(update?.phase.kind).toBe('reading');
  });

  it('is no commit where a later read shows nothing of it', async () => {
    const { commits, lose, read } = losing(true, { a: '0' });
    await lose({ a: '1' });
    await read({ a: '9' }, 6);
    expect(commits).toEqual([]);
  });

  it.each<[string, { versioned: boolean; hasLeft?: true; shown: string; at?: number }, object]>([
    [
      'is over, and explains no later read, once its version is taken',
      { versioned: true, shown: '9', at: 6 },
      { mayCome: false, remembered: 0 },
    ],
    [
      'may still come while its version is not taken',
      { versioned: true, shown: '0' },
      { mayCome: true, remembered: 1 },
    ],
    [
      'is over without a version once a read shows it',
      { versioned: false, shown: '1' },
      { mayCome: false, remembered: 0 },
    ],
    [
      'may still come without a version',
      { versioned: false, shown: '0' },
      { mayCome: true, remembered: 1 },
    ],
    [
      'may still come without a version also where nobody asks any more',
      { versioned: false, hasLeft: true, shown: '0' },
      { mayCome: true, remembered: 0 },
    ],
  ])('%s', async (_, { versioned, hasLeft, shown, at }, expected) => {
    const { lose, mayHaveWritten, read, unanswered } = losing(versioned, { a: '0' });
    const [update] = await lose({ a: '1' });
    if (hasLeft) update?.end('cancelled');
    await read({ a: shown }, at);
    expect({ mayCome: mayHaveWritten('a', '0', '1'), remembered: unanswered() }).toEqual(expected);
  });
});

describe('A write without an answer that others have overwritten in part', () => {
  it('counts as accepted without a version', async () => {
    const { commits, lose, mayHaveWritten, read, unanswered } = losing(false, { a: '0', b: '0' });
    const [update] = await lose({ a: '1', b: '1' });
    await read({ a: '1', b: '9' });
    expect(update?.phase.kind).toBe('confirming');
    expect(commits.map((delta) => [...delta.keys()])).toEqual([['a', 'b']]);
    expect(unanswered()).toBe(0);
    expect(mayHaveWritten('b', '0', '1')).toBe(false);
  });

  it('proves nothing under a version', async () => {
    const { lose, read } = losing(true, { a: '0', b: '0' });
    const [update] = await lose({ a: '1', b: '1' });
    await read({ a: '1', b: '9' });
    expect(update?.phase.kind).toBe('reading');
  });

  it('counts as accepted for those who still ask, and for nobody else', async () => {
    const { context, lose, read } = losing(false, { a: '0', b: '0', c: '0' });
    const [seeing, asking] = await lose({ a: '1' }, { b: '1', c: '1' });
    await read({ a: '1', b: '0', c: '0' });
    await read({ a: '9', b: '1', c: '9' });
    expect([seeing, asking].map((one) => one?.phase.kind)).toEqual(['reading', 'confirming']);
    const isUnseen = (name: string) => context.log.unseen(name) !== undefined;
    expect(['a', 'b', 'c'].filter(isUnseen)).toEqual(['c']);
  });
});

describe('A write without an answer of what this process has also written elsewhere', () => {
  /** The other write is accepted while this one is on its way. */
  async function both(isShown: boolean) {
    const world = losing(false, { a: '0' });
    const { accept, clock, lose, read, show } = world;
    clock.at(25, () => {
      accept({ a: '1' }, { a: '0' });
    });
    clock.at(30, () => {
      if (isShown) show({ a: '1' });
    });
    const [update] = await lose({ a: '1' });
    await read({ a: '0' });
    return { ...world, update };
  }

  it('is not proved by what a read has shown of that before', async () => {
    const { unanswered, update } = await both(true);
    expect(update?.phase.kind).toBe('reading');
    expect(unanswered()).toBe(1);
  });

  it('waits with that where no read has shown it yet', async () => {
    const { unanswered, update } = await both(false);
    expect(update && (await endOf(update))).toBe('confirming');
    expect(unanswered()).toBe(0);
  });
});
