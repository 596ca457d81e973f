import { describe, expect, it } from '@jest/globals';

import { setUp } from './accepting-record';
import { failureOf, set } from './changes';
import type { Change } from './flat';
import type { Content } from './model-record';

const wanting = (wanted: Content) => set(wanted) as Change<Content, unknown>;

/** A claim: sets it where it is missing. */
function claim(name: string, value: number): Change<Content, unknown> {
  return {
    idempotent: true,
    conditional: true,
    apply: ({ state }, _, written) => {
      if (written?.[name] === undefined && state[name] !== undefined && state[name] !== value) {
        return { kind: 'refused', reason: `${name} is ${String(state[name])}` };
      }
      return state[name] === value
        ? { kind: 'unchanged', report: {} }
        : { kind: 'write', next: { ...state, [name]: value }, report: {} };
    },
  };
}

describe('A write under a version that is only accepted', () => {
  it('is done when a read shows it', async () => {
    const { clock, process, record } = setUp({ content: { x: 1 } });
    const result = await clock.run(process()(wanting({ a: 1 })));
    expect(result).toMatchObject({
      outcome: 'written',
      snapshot: { state: { x: 1, a: 1 }, version: 2 },
      attempts: 1,
      conflicts: 0,
    });
    expect(record.log).toEqual(['read', 'write 1', 'read']);
  });

  it('is not waited for where nobody wants to see it', async () => {
    const { clock, process, record } = setUp({ content: { x: 1 } });
    const result = await clock.run(process()(wanting({ a: 1 }), { waitUntilVisible: false }));
    expect(result).toMatchObject({
      outcome: 'accepted',
      snapshot: { state: { x: 1, a: 1 }, version: null },
    });
    expect(record.log).toEqual(['read', 'write 1']);
  });

  it('is said to be accepted and not seen where the version never moves', async () => {
    const { clock, process, record } = setUp({ content: { x: 1 } });
    record.fates.push('dropped');
    const error = await clock.run(
      failureOf(process()(wanting({ a: 1 }), { totalTimeoutMs: 3000 })),
    );
    expect(error).toMatchObject({ reason: 'deadline', accepted: true });
    expect(record.log.filter((entry) => entry.startsWith('write'))).toEqual(['write 1']);
  });

  it('is made anew where the server has dropped it for what somebody else wrote', async () => {
    const { clock, process, record } = setUp({ content: { x: 1 } });
    record.fates.push({ made: { x: 2 } });
    const result = await clock.run(process()(wanting({ a: 1 })));
    expect(record.content).toEqual({ x: 2, a: 1 });
    expect(result).toMatchObject({ outcome: 'written', conflicts: 1, attempts: 2 });
  });

  it('is not made anew where the server stores nothing of it', async () => {
    const { clock, process, record } = setUp({ content: { x: 1 } });
    record.fates.push({ made: { x: 1 } });
    const error = await clock.run(failureOf(process()(wanting({ a: 1 }))));
    expect(error).toMatchObject({ reason: 'permanent' });
    expect(record.version).toBe(2);
  });

  it('says where the server stores another form of it', async () => {
    const { clock, process, record } = setUp({ content: { x: 1 } });
    record.fates.push({ made: { x: 1, a: 5 } });
    const result = await clock.run(process()(wanting({ a: 1 })));
    expect(result.altered).toEqual(new Map([['a', { wanted: '1', stored: '5' }]]));
  });

  it('is not told as not written where it may have been there, and been undone since', async () => {
    const { clock, process, record } = setUp({ content: { x: 1 } });
    clock.at(35, () => {
      record.replace({ x: 1 });
    });
    const error = await clock.run(failureOf(process()(wanting({ a: 1 }), { maxAttempts: 1 })));
    expect(error).toMatchObject({ reason: 'indeterminate' });
    expect(record.version).toBe(3);
  });

  it('counts as written where somebody has written over it since', async () => {
    const { clock, process, record } = setUp({ content: { x: 1 } });
    clock.at(35, () => {
      record.replace({ x: 1, a: 7 });
    });
    const result = await clock.run(process()(wanting({ a: 1 })));
    expect(result).toMatchObject({ outcome: 'written', snapshot: { version: 3 } });
    expect(record.content).toEqual({ x: 1, a: 7 });
  });
});

describe.each([
  ['counts from 0', { firstVersion: 0 }],
  ['counts from 1', { firstVersion: 1 }],
  ['counts from 1, and refuses to make what is there', { firstVersion: 1, refusesSecond: true }],
] as const)('A record that is still to be made, on a server that %s', (_, options) => {
  it('is made by a write without a version, and believed in when a later read shows it', async () => {
    const { clock, process, record } = setUp(options);
    const result = await clock.run(process()(wanting({ a: 1 })));
    expect(record.log).toEqual(['read', 'write -1', 'read']);
    expect(result).toMatchObject({
      outcome: 'written',
      snapshot: { state: { a: 1 }, version: options.firstVersion },
      elapsedMs: 1060,
    });
  });

  it('is nothing to write for whoever wants nothing in it', async () => {
    const { clock, process, record } = setUp(options);
    const result = await clock.run(process()(wanting({})));
    expect(result).toMatchObject({ outcome: 'unchanged', snapshot: { version: -1 } });
    expect(record.log).toEqual(['read']);
  });

  it('loses nothing of two processes that find nothing at once', async () => {
    const { clock, process, record } = setUp(options);
    const results = await clock.run(
      Promise.all([process(10)(wanting({ a: 1 })), process(60)(wanting({ b: 2 }))]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(record.content).toEqual({ a: 1, b: 2 });
  });

  it('has one winner where two processes claim the same', async () => {
    const { clock, process, record } = setUp(options);
    const ends = await clock.run(
      Promise.allSettled([process(10)(claim('owner', 1)), process(60)(claim('owner', 2))]),
    );
    const winners = ends.filter(({ status }) => status === 'fulfilled');
    expect(winners).toHaveLength(1);
    const isFirst = winners[0] === ends[0];
    expect(record.content).toEqual({ owner: isFirst ? 1 : 2 });
  });

  it('goes on being written under its version while the first ones wait', async () => {
    const { clock, process, record } = setUp(options);
    const start = process();
    const later = clock.sleep(200).then(() => start(wanting({ b: 2 })));
    const results = await clock.run(Promise.all([start(wanting({ a: 1 })), later]));
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(record.log).toContain(`write ${String(options.firstVersion)}`);
    expect(record.content).toEqual({ a: 1, b: 2 });
  });

  it('loses nothing that was written soon after to somebody who had found nothing', async () => {
    const { clock, process, record } = setUp(options);
    const start = process();
    const later = clock.sleep(200).then(() => start(wanting({ b: 2 })));
    clock.at(500, () => {
      record.replace({ c: 3 });
    });
    await clock.run(Promise.all([start(wanting({ a: 1 })), later]));
    expect(record.content).toEqual({ a: 1, b: 2, c: 3 });
  });

  it('is told in time, however little there is', async () => {
    const { clock, process } = setUp(options);
    const result = await clock.run(process()(wanting({ a: 1 }), { totalTimeoutMs: 400 }));
    expect(result).toMatchObject({ outcome: 'written' });
  });

  it('is made once more where nothing of it is there', async () => {
    const { clock, process, record } = setUp(options);
    record.fates.push({ made: { x: 1 } });
    const result = await clock.run(process()(wanting({ a: 1 })));
    expect(result).toMatchObject({ outcome: 'written', conflicts: 1 });
    expect(record.content).toEqual({ x: 1, a: 1 });
  });

  it('tells a change that minds others what somebody else has made of it', async () => {
    const { clock, process, record } = setUp(options);
    record.fates.push({ made: { a: 9 } });
    const minding: Change<Content, unknown> = {
      ...wanting({ a: 1 }),
      apply: (base, reads, written) =>
        (reads.now.state['a'] ?? 0) === (reads.first.state['a'] ?? 0)
          ? wanting({ a: 1 }).apply(base, reads, written)
          : { kind: 'refused', reason: `a is ${String(reads.now.state['a'])}` },
    };
    const error = await clock.run(failureOf(process()(minding)));
    expect(error).toMatchObject({ reason: 'refused', message: 'a is 9' });
  });
});
