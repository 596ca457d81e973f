import { describe, expect, it } from '@jest/globals';

import type { Permit } from '../../../core';
import { StoreError } from '../../../core/store';
import { noteBeginnings } from '../../../core/update/beginning';
import { withoutTimers } from '../virtual-clock';
import { setUp } from './one-cycle';
import { endOf, partsOf, refusing, setting, type Texts, updating } from './updating';

describe('A cycle', () => {
  it('ends where nobody wants anything written', async () => {
    const { join, run, server } = setUp({ texts: { a: '1' } });
    const update = join(setting({ a: '1' }));
    expect(await run([update])).toBeUndefined();
    expect(await endOf(update)).toBe('unchanged');
    expect(server.requests).toEqual(['read at 0']);
  });

  it('notes of who writes nothing that it wants nothing written', async () => {
    const { context, join, run } = setUp();
    const [writer, idle] = [join(setting({ a: '1' })), join(refusing)];
    await run([writer, idle]);
    expect([writer, idle].map((one) => context.queue.wantedBy(one))).toEqual([['a'], []]);
  });

  it('ends once its write is taken, and remembers it as its own', async () => {
    const { context, join, mayHaveWritten, run, server, unanswered } = setUp({
      texts: { a: '0' },
    });
    const update = join(setting({ a: '1' }));
    expect(await run([update])).toBeUndefined();
    expect(await endOf(update)).toBe('written');
    expect(server.requests).toEqual(['read at 0', 'write at 20']);
    expect(context.record.own.has('a', '1')).toBe(true);
    expect(mayHaveWritten('a', '0', '1')).toBe(false);
    expect(unanswered()).toBe(0);
  });

  it('gives back the permit to write where nobody is left to write', async () => {
    let isBack = false;
    const permit = (giveBack: () => void, requests?: number): Permit => ({
      waitedMs: 0,
      ...(requests !== undefined && { requests }),
      use: () => undefined,
      giveBack,
    });
    const { cycle, clock, join, server } = setUp({
      admission: {
        closed: () => undefined,
        permit: async () => {
          await clock.sleep(50);
          update.end('cancelled');
          return permit(() => {
            isBack = true;
          });
        },
      },
    });
    const update = join(setting({ a: '1' }));
    await clock.run(
      cycle(
        [update],
        permit(() => undefined, 1),
      ).run(),
    );
    expect(server.requests).toEqual(['read at 0']);
    expect(isBack).toBe(true);
  });

  it('writes nothing for an update whose time is over though its timer has not rung', async () => {
    const { clock, cycle, join, server } = setUp();
    const late = withoutTimers(clock);
    const [over, other] = [
      updating(late, setting({ a: '1' }), { totalTimeoutMs: 15 }),
      join(setting({ b: '1' })),
    ];
    await clock.run(cycle([over, other]).run());
    expect(await endOf(over)).toBe('deadline');
    expect(server.parts).toEqual(partsOf({ b: '1' }));
  });

  it('that has failed leaves those whose time is not over', async () => {
    const { clock, cycle, join } = setUp();
    const late = withoutTimers(clock);
    const [over, left] = [updating(late, refusing, { totalTimeoutMs: 0 }), join(refusing)];
    expect(cycle([over, left]).fail()).toEqual([left]);
    expect(await endOf(over)).toBe('deadline');
  });
});

describe('Where a read is needed', () => {
  it('it follows a receipt at once', async () => {
    const { context, join, run, server } = setUp({ texts: { a: '1' } });
    const snapshot = { parts: server.parts, version: 5, raw: null };
    context.memory.spareRead({ snapshot, source: 'receipt', sentAt: 0, answeredAt: 0 }, 100);
    await run([join(setting({ a: '1' }))]);
    expect(server.requests).toEqual(['read at 0']);
  });

  it('it waits for something new where a conflict has overtaken the last one', async () => {
    const { clock, context, join, pass, run, server } = setUp({ texts: { a: '1' } });
    context.record.noteConflict(5, true, 'stale');
    await pass(3000);
    clock.at(3500, () => {
      server.version = 6;
    });
    const update = join(setting({ a: '1' }));
    await run([update]);
    const [, second] = server.requests.map((request) => Number(request.split(' at ')[1]));
    expect(second).toBeGreaterThan(3020);
    expect(server.requests.length).toBeLessThan(6);
    expect(await endOf(update)).toBe('unchanged');
  });
});

describe('A write that companions have undone', () => {
  const both = () => [setting({ a: '1' }), setting({ a: null })];

  it('is sent under a version, which proves what it rests on', async () => {
    const { join, run, server } = setUp();
    expect(await run(both().map((one) => join(one)))).toBeUndefined();
    expect(server.requests).toEqual(['read at 0', 'write at 20']);
  });

  it('is not sent without a version', async () => {
    const { join, run, server } = setUp({ versioned: false });
    const updates = both().map((one) => join(one));
    expect(await run(updates)).toBeUndefined();
    expect(server.requests).toEqual(['read at 0']);
    expect(updates.map(({ phase }) => phase.kind)).toEqual(['confirming', 'confirming']);
  });
});

describe('A write for which the leave has expired', () => {
  const expired = () => new StoreError('401', { kind: 'expired' }, { cause: 'the reply' });

  it('is sent once more after a read', async () => {
    const { join, run, server } = setUp();
    server.failures.push(expired());
    expect(await run([join(setting({ a: '1' }))])).toBeUndefined();
    expect(server.requests).toEqual(['read at 0', 'write at 20', 'read at 40', 'write at 60']);
  });

  it('fails for good the second time, and says why', async () => {
    const { join, run, server } = setUp();
    server.failures.push(expired(), expired());
    expect(await run([join(setting({ a: '1' }))])).toMatchObject({
      message: '401',
      failure: { kind: 'permanent' },
      cause: 'the reply',
    });
  });
});

describe('A write that was refused', () => {
  it('is as if it had never been sent', async () => {
    const { context, join, mayHaveWritten, run, server, unanswered } = setUp({
      versioned: false,
      texts: { a: '0' },
    });
    server.failures.push(new StoreError('503', { kind: 'transient' }));
    const update = join(setting({ a: '1' }));
    expect(await run([update])).toMatchObject({ message: '503' });
    expect(update.phase.kind).toBe('reading');
    expect(update.writes.soFar).toEqual([]);
    expect(unanswered()).toBe(0);
    expect(mayHaveWritten('a', '0', '1')).toBe(false);
    const base = { parts: server.parts, version: null };
    const next = context.log.note({ base, delta: new Map([['a', { from: '0', to: '2' }]]) });
    expect(next.get('a')?.unanswered).toEqual([]);
  });

  it('is remembered where nobody knows whether it was', async () => {
    const { join, mayHaveWritten, run, server, unanswered } = setUp({ texts: { a: '0' } });
    server.failures.push(new StoreError('no reply', { kind: 'ambiguous' }));
    const update = join(setting({ a: '1' }));
    expect(await run([update])).toMatchObject({ message: 'no reply' });
    expect(update.writes.soFar).toEqual([{ fate: 'open', accepted: false }]);
    expect(unanswered()).toBe(1);
    expect(mayHaveWritten('a', '0', '1')).toBe(true);
  });
});

describe('What a read shows in place of what an update met first', () => {
  /** What it takes for set by somebody else. */
  async function theirs(read: Texts, version: number | null) {
    const { accept, context, join, pass, run, server, show } = setUp({
      versioned: version !== null,
    });
    // The server leaves out the space at the end.
    accept({ a: 'x ' }, { a: '0' });
    await pass(10);
    show({ a: 'x' });
    const update = join(refusing);
    noteBeginnings([update], partsOf({ a: '0' }));
    Object.assign(server, { parts: partsOf(read), version });
    await run([update]);
    return { theirs: update.beginning.theirs, isOwn: context.record.own.has('a', read['a'] ?? '') };
  }

  it.each<[string, string, number | null, Texts]>([
    ['is ours where it is what the server has made of our text', 'x', null, {}],
    ["is somebody else's where it is another text", 'z', null, { a: 'z' }],
    [
      "is somebody else's under a version, whose reads are not compared with what was accepted",
      'x',
      5,
      { a: 'x' },
    ],
  ])('%s', async (_, text, version, expected) => {
    expect(await theirs({ a: text }, version)).toEqual({ theirs: partsOf(expected), isOwn: false });
  });

  it("is somebody else's once it has shown as ours before", async () => {
    const { context, join, mayHaveWritten, run } = setUp({ versioned: false, texts: { a: '1' } });
    context.record.own.noteSent(new Map([['a', { from: '0', to: '1' }]]), null);
    expect(mayHaveWritten('a', '7', '1')).toBe(true);
    await run([join(refusing)]);
    expect(mayHaveWritten('a', '7', '1')).toBe(false);
  });
});
