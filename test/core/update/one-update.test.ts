import { describe, expect, it } from '@jest/globals';

import { StoreError, UpdateError } from '../../../core';
import { LookSchedule } from '../../../core/looks/look-schedule';
import { NO_CHANGES } from '../../../core/parts';
import type { Home } from '../../../core/update/stay';
import { endOf, type More, setting, type Updating, updating } from '../cycle/updating';
import { VirtualClock } from '../virtual-clock';

const PASSING = new StoreError('503', { kind: 'transient' });
const ELSEWHERE = new StoreError('it has moved', { kind: 'permanent' });
const WRITE: Parameters<Updating['noteFate']>[0] = {
  base: { parts: new Map(), version: null, raw: null },
  delta: NO_CHANGES,
  after: new Map(),
  own: new Map(),
  steps: [],
  sending: new Map(),
};

/** An update that takes part in a cycle of its lane, which is told of its moves. */
function setUp(more?: More, lane: Partial<Home> = {}) {
  const clock = new VirtualClock();
  const update = updating(clock, setting({ a: '1' }), more);
  const moves: string[] = [];
  const home: Home = {
    moved: (from) => moves.push(from),
    closed: () => undefined,
    isElsewhere: () => false,
    ...lane,
  };
  return {
    update,
    moves,
    stay: update.stay.begin(home),
    pass: async (ms: number) => {
      await clock.run(clock.sleep(ms));
    },
    /** What it fails with. */
    failure: async (): Promise<UpdateError> => {
      const error: unknown = await update.result.catch((error: unknown) => error);
      if (!(error instanceof UpdateError)) throw new Error('It did not fail.');
      return error;
    },
  };
}

describe('An update that is cancelled', () => {
  it('ends at once, and tells what waits for it alone', async () => {
    const cancelling = new AbortController();
    const { update } = setUp({ signal: cancelling.signal });
    expect([update.isWanted, update.cancelled?.aborted]).toEqual([true, false]);
    cancelling.abort();
    expect([update.isWanted, update.cancelled?.aborted]).toEqual([false, true]);
    expect(await endOf(update)).toBe('cancelled');
  });

  it('waits for its write, but wants no other request, and tells its lane that it would leave', () => {
    const cancelling = new AbortController();
    const { moves, update } = setUp({ signal: cancelling.signal });
    update.moveTo({ kind: 'writing', write: WRITE });
    cancelling.abort();
    expect([update.phase.kind, update.isWanted]).toEqual(['writing', false]);
    expect(moves).toEqual(['reading', 'writing']);
  });
});

describe('An update whose time is up', () => {
  it('ends with that where its write is on the way, after what the store has to say', async () => {
    const { pass, update } = setUp({ totalTimeoutMs: 1000 });
    update.moveTo({ kind: 'writing', write: WRITE });
    await pass(1001);
    expect(await endOf(update)).toBe('indeterminate');
  });

  it('is told of the rate limit where it waits for the next attempt while all requests are used up', async () => {
    const closed = new StoreError('no requests left', { kind: 'throttled', retryAfterMs: 9000 });
    const lane = { closed: () => closed };
    const waiting = setUp({ totalTimeoutMs: 1000 }, lane);
    waiting.update.moveTo({ kind: 'waiting', notBefore: 5000 });
    await waiting.pass(1000);
    expect(await waiting.failure()).toMatchObject({
      reason: 'throttled',
      message: 'no requests left',
    });

    const reading = setUp({ totalTimeoutMs: 1000 }, lane);
    await reading.pass(1000);
    expect(await endOf(reading.update)).toBe('deadline');
  });

  it('is not told of a failure before its write was accepted', async () => {
    const { failure, update } = setUp();
    update.noteFailure(PASSING);
    update.moveTo({
      kind: 'confirming',
      confirmation: {
        awaits: { kind: 'version', taken: WRITE, accepted: true, isNew: false },
        write: WRITE,
        note: 'set',
        batchSize: 1,
        since: 0,
        looks: new LookSchedule(0),
      },
    });
    update.end('deadline');
    expect((await failure()).message).toBe('No reply came in time.');
  });
});

describe('An update whose record is elsewhere', () => {
  it('is found anew, and its attempt goes on there', async () => {
    const { stay, update } = setUp(undefined, { isElsewhere: (error) => error === ELSEWHERE });
    update.progress.noteAttempt();
    update.failAttempt(ELSEWHERE, () => 0);
    expect(update.phase).toEqual({ kind: 'locating' });
    expect(update.progress.attempts).toBe(0);
    expect(await stay).toBe(ELSEWHERE);
  });

  it('keeps the attempts that it has made where none is going on', () => {
    const { update } = setUp(undefined, { isElsewhere: () => true });
    update.progress.noteAttempt();
    update.moveTo({ kind: 'waiting', notBefore: 0 });
    update.failAttempt(ELSEWHERE, () => 0);
    expect(update.progress.attempts).toBe(1);
  });
});

describe('A write of unknown outcome', () => {
  it('makes the end indeterminate where nothing is left to write', async () => {
    const { failure, update } = setUp();
    update.noteFate(WRITE, 'open');
    update.done({ snapshot: WRITE.base, note: 'there', batchSize: 1 });
    const { message, reason } = await failure();
    expect(reason).toBe('indeterminate');
    expect(message).toBe('A write of unknown outcome may have been applied, or may still be.');
  });

  it('is forgotten once a later write is accepted, and only then', () => {
    const { update } = setUp();
    update.noteFate(WRITE, 'open');
    update.noteFate({ ...WRITE }, 'open');
    expect(update.writes.isOpen(WRITE)).toBe(true);
    update.noteFate({ ...WRITE }, 'open', { accepted: true });
    expect(update.writes.isOpen(WRITE)).toBe(false);
  });
});

describe('An update that has ended', () => {
  it('does not move any more, and keeps its first end', async () => {
    const { failure, moves, stay, update } = setUp();
    update.end('deadline');
    update.end('cancelled');
    update.moveTo({ kind: 'waiting', notBefore: 0 });
    expect(update.phase).toEqual({ kind: 'ended' });
    expect(moves).toEqual(['reading']);
    expect((await failure()).reason).toBe('deadline');
    expect(await stay).toBeUndefined();
  });
});
