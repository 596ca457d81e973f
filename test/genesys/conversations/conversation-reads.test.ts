import { describe, expect, it } from '@jest/globals';

import type { Permit, RequestLimits, StoreError } from '../../../core';
import type { GenesysClient } from '../../../genesys/client';
import { ConversationReads } from '../../../genesys/conversations/conversation-reads';
import { GenesysError } from '../../../genesys/transport/genesys-error';
import { VirtualClock } from '../../core/virtual-clock';

const ROUND_TRIP_MS = 100;
const LIMITS = { timeoutMs: 5000 };

interface Sent {
  readonly at: number;
  readonly path: string;
  readonly timeoutMs: number;
  readonly permit: Permit | undefined;
}

/** A client whose replies tell when the request was sent, and take as long as is said. */
function setUp({ tripMs = [], permitsAt = 0 }: { tripMs?: number[]; permitsAt?: number } = {}) {
  const clock = new VirtualClock();
  const sent: Sent[] = [];
  const aborted: number[] = [];
  const asked: string[] = [];
  const given: { used: number; givenBack: number }[] = [];
  const failures = new Map<number, Error>();
  const about = (key: string) => ({
    closed: () => undefined,
    permit: async (_requests: number, signal: AbortSignal) => {
      asked.push(key);
      await clock.sleep(Math.max(0, permitsAt - clock.now()), signal);
      const { counts, own } = permit();
      given.push(counts);
      return own;
    },
  });
  const client = {
    key: 'client',
    limits: { about, closed: () => undefined },
    leaves: { slowSignIn: undefined },
    call: async (
      { path }: { path: string },
      _schema: unknown,
      { timeoutMs, permit, signal }: RequestLimits,
    ) => {
      const index = sent.length;
      sent.push({ at: clock.now(), path, timeoutMs, permit });
      permit?.use();
      try {
        const ms = tripMs[index] ?? ROUND_TRIP_MS;
        await clock.sleep(Math.min(ms, timeoutMs), signal);
        if (ms > timeoutMs) throw new GenesysError('slow', { kind: 'timeout', sent: true });
      } catch (error) {
        if (signal?.aborted) aborted.push(clock.now());
        throw error;
      }
      const failure = failures.get(index);
      if (failure) throw failure;
      return { sentAt: sent[index]?.at, participants: [] };
    },
  } as unknown as GenesysClient;
  const reads = new ConversationReads(clock);
  /** Asks at a time, for a conversation. */
  const read = async (
    at: number,
    limits: Partial<Parameters<ConversationReads['read']>[2]> = {},
    id = 'a',
  ) => {
    await clock.sleep(at);
    return await reads.read(client, id, { ...LIMITS, ...limits });
  };
  return { aborted, asked, clock, failures, given, read, sent };
}

/** Counts what is drawn of it. */
function permit() {
  const counts = { used: 0, givenBack: 0 };
  const own: Permit = {
    waitedMs: 0,
    budget: 2,
    use: () => {
      counts.used++;
      return () => undefined;
    },
    giveBack: () => {
      counts.givenBack++;
    },
  };
  return { counts, own };
}

const failureOf = async (promise: Promise<unknown>) =>
  await promise.then(
    () => undefined,
    (error: unknown) => error as StoreError,
  );

describe('A read of a conversation', () => {
  it('is one for all who ask at the same time, and tells when it was sent and answered', async () => {
    const { clock, read, sent } = setUp();
    const all = await clock.run(Promise.all([read(7), read(7), read(7, {}, 'A')]));
    expect(sent).toHaveLength(1);
    expect(all.map(({ sentAt, answeredAt }) => [sentAt, answeredAt])).toEqual([
      [7, 107],
      [7, 107],
      [7, 107],
    ]);
  });

  it('is never under way twice, and whoever comes meanwhile gets what was asked for after that', async () => {
    const { clock, read, sent } = setUp();
    const all = await clock.run(Promise.all([read(0), read(1), read(50), read(99), read(150)]));
    expect(sent.map(({ at }) => at)).toEqual([0, 100, 200]);
    expect(all.map(({ sentAt }) => sentAt)).toEqual([0, 100, 100, 100, 200]);
  });

  it('holds up no other conversation', async () => {
    const { clock, read, sent } = setUp();
    await clock.run(Promise.all([read(0), read(1, {}, 'b')]));
    expect(sent.map(({ at }) => at)).toEqual([0, 1]);
  });

  it('holds up nobody for more than a second, where its answer does not come', async () => {
    const { clock, read, sent } = setUp({ tripMs: [4000] });
    const [slow, next] = await clock.run(Promise.all([read(0), read(10)]));
    expect(sent.map(({ at }) => at)).toEqual([0, 1000]);
    expect([slow.answeredAt, next.answeredAt]).toEqual([4000, 1100]);
  });

  it('holds up whoever has less time for a quarter of that', async () => {
    const { clock, read, sent } = setUp({ tripMs: [4000] });
    const slow = read(0);
    const next = await clock.run(read(10, { timeoutMs: 2000, patienceMs: 600 }));
    expect(sent.map(({ at }) => at)).toEqual([0, 160]);
    expect(next.answeredAt).toBe(260);
    await clock.run(slow);
  });

  it('holds up nobody for longer than any of those who share the next one has time for', async () => {
    const { clock, read, sent } = setUp({ tripMs: [4000] });
    const all = [read(0), read(10), read(20, { timeoutMs: 800 })];
    await clock.run(Promise.all(all));
    expect(sent.map(({ at }) => at)).toEqual([0, 220]);
    expect(clock.pending).toBe(0);
  });

  it('ends for each at its own time: a short timeout is nothing to the others', async () => {
    const { clock, read, sent } = setUp({ tripMs: [400] });
    const short = failureOf(read(0, { timeoutMs: 150 }));
    const long = read(0);
    const error = await clock.run(short);
    expect(clock.now()).toBe(150);
    expect(error).toMatchObject({
      failure: { kind: 'transient' },
      cause: { details: { kind: 'timeout', sent: true } },
    });
    expect(await clock.run(long)).toMatchObject({ sentAt: 0, answeredAt: 400 });
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([5000]);
  });

  it('holds up nobody any more when it was too slow for somebody', async () => {
    const { clock, read, sent } = setUp({ tripMs: [900] });
    const short = failureOf(read(0, { timeoutMs: 150 }));
    await clock.run(Promise.all([short, read(0), read(50)]));
    expect(sent.map(({ at }) => at)).toEqual([0, 150]);
  });

  it('goes on for the others when one of them is cancelled, and is aborted with the last', async () => {
    const { aborted, clock, read, sent } = setUp();
    const [one, other] = [new AbortController(), new AbortController()];
    clock.at(20, () => {
      one.abort();
    });
    clock.at(60, () => {
      other.abort();
    });
    const errors = await clock.run(
      Promise.all([
        failureOf(read(0, { signal: one.signal })),
        failureOf(read(0, { signal: other.signal })),
      ]),
    );
    expect(errors).toMatchObject([
      { cause: { details: { kind: 'aborted' } } },
      { cause: { details: { kind: 'aborted' } } },
    ]);
    expect(sent).toHaveLength(1);
    expect(aborted).toEqual([60]);
  });

  it('is not sent where all have left while another was under way', async () => {
    const { clock, read, sent } = setUp();
    const leaving = new AbortController();
    clock.at(20, () => {
      leaving.abort();
    });
    const left = failureOf(read(10, { signal: leaving.signal }));
    await clock.run(Promise.all([read(0), left, read(300)]));
    expect(sent.map(({ at }) => at)).toEqual([0, 300]);
  });

  it('fails for all who share it', async () => {
    const { clock, failures, read } = setUp();
    failures.set(0, new GenesysError('Gone', { kind: 'status', status: 503, sent: true }));
    const errors = await clock.run(Promise.all([failureOf(read(0)), failureOf(read(0))]));
    expect(errors.map((error) => error?.failure)).toEqual([
      { kind: 'transient' },
      { kind: 'transient' },
    ]);
  });

  it('gets one permit for all, and takes in whoever comes until it has it', async () => {
    const { asked, clock, given, read, sent } = setUp({ permitsAt: 2000 });
    const all = await clock.run(Promise.all([read(0), read(700), read(1999)]));
    expect(sent.map(({ at }) => at)).toEqual([2000]);
    expect(all.every(({ sentAt }) => sentAt === 2000)).toBe(true);
    expect(asked).toEqual(['a']);
    expect(given).toMatchObject([{ used: 1, givenBack: 1 }]);
  });

  it('goes by a permit that somebody brings, who gives it back', async () => {
    const { asked, clock, given, read, sent } = setUp({ permitsAt: 60_000 });
    const [brought, spare] = [permit(), permit()];
    const waiting = read(0);
    const bringing = [read(500, { permit: brought.own }), read(500, { permit: spare.own })];
    await clock.run(Promise.all([waiting, ...bringing]));
    expect(sent.map(({ at }) => at)).toEqual([500]);
    expect([brought, spare].map(({ counts }) => [counts.used, counts.givenBack])).toEqual([
      [1, 0],
      [0, 0],
    ]);
    expect([asked, given]).toEqual([['a'], []]);
  });

  it('goes by the permit of somebody who still waits, in the name that it is for', async () => {
    const { clock, read, sent } = setUp();
    const [gone, left] = [permit(), permit()];
    const leaving = new AbortController();
    clock.at(20, () => {
      leaving.abort();
    });
    const first = failureOf(read(10, { permit: gone.own, signal: leaving.signal }));
    await clock.run(Promise.all([read(0), first, read(10, { permit: left.own })]));
    expect([gone.counts.used, left.counts.used]).toEqual([0, 1]);
    expect(sent.map(({ permit: used }) => used?.budget)).toEqual([2, 2]);
  });

  it('asks for a permit where who has brought one leaves before it is sent', async () => {
    const { asked, clock, given, read, sent } = setUp({ permitsAt: 400 });
    const brought = permit();
    const leaving = new AbortController();
    clock.at(20, () => {
      leaving.abort();
    });
    const under = read(0, { permit: permit().own });
    const bringing = failureOf(read(10, { permit: brought.own, signal: leaving.signal }));
    await clock.run(Promise.all([under, bringing, read(10)]));
    expect(sent.map(({ at }) => at)).toEqual([0, 400]);
    expect(brought.counts.used).toBe(0);
    expect(asked).toHaveLength(1);
    expect(given).toEqual([{ used: 1, givenBack: 1 }]);
  });
});
