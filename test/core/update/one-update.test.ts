import { describe, expect, it } from '@jest/globals';

import { StoreError, UpdateError } from '../../../core';
import { AwaitedValues } from '../../../core/evidence/awaited-values';
import { LookSchedule } from '../../../core/looks/look-schedule';
import { NO_CHANGES } from '../../../core/parts';
import type { Home } from '../../../core/update/stay';
import { setUp as logOfOneRecord } from '../evidence/log-of-one-record';
import { endOf, type More, setting, type Updating, updating } from '../cycle/updating';
import { VirtualClock } from '../virtual-clock';

const PASSING = new StoreError('503', { kind: 'transient' });
const LATER = new StoreError('502', { kind: 'transient' });
const ELSEWHERE = new StoreError('it has moved', { kind: 'permanent' });
const WRITE: Parameters<Updating['noteFate']>[0] = {
  base: { parts: new Map(), version: null, raw: null },
  delta: NO_CHANGES,
  after: new Map(),
  own: new Map(),
  steps: [],
  sending: new Map(),
};

/** It waits to see the record after its write. */
const CONFIRMING: Extract<Updating['phase'], { readonly kind: 'confirming' }> = {
  kind: 'confirming',
  confirmation: {
    awaits: { kind: 'version', taken: WRITE, accepted: true, isNew: false },
    write: WRITE,
    note: 'set',
    batchSize: 1,
    since: 0,
    looks: new LookSchedule(0),
  },
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

  it('is told of that, though the rate limit would not have let it send its next request', async () => {
    const cancelling = new AbortController();
    const closed = new StoreError('no requests left', { kind: 'throttled', retryAfterMs: 9000 });
    const { update } = setUp({ signal: cancelling.signal }, { closed: () => closed });
    update.moveTo({ kind: 'waiting', notBefore: 5000 });
    cancelling.abort();
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

  it('is not asked for that while its write is on the way: the store gives that up', async () => {
    const { pass, update } = setUp({ totalTimeoutMs: 1000 });
    update.moveTo({ kind: 'writing', write: WRITE });
    await pass(1000);
    update.checkTime();
    expect(update.phase.kind).toBe('writing');
  });

  it.each([
    ['counts no attempt as failed that was cut short with it', 99, [PASSING]],
    ['counts one that failed well before that', 90, [PASSING, LATER]],
  ])('%s', async (_, at, failures) => {
    const { failure, pass, update } = setUp({ totalTimeoutMs: 100 });
    update.failAttempt(PASSING, () => 0);
    update.moveTo({ kind: 'reading' });
    await pass(at);
    update.failAttempt(LATER, () => 50);
    expect(await failure()).toMatchObject({ reason: 'deadline', failures });
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
    update.moveTo(CONFIRMING);
    update.end('deadline');
    expect((await failure()).message).toBe('No reply came in time.');
  });
});

describe('An update that fails for good', () => {
  it('asks for no wait, and does not count that among the failures before it', async () => {
    const { failure, update } = setUp();
    update.failAttempt(PASSING, () => 0);
    update.moveTo({ kind: 'reading' });
    let asked = 0;
    update.failAttempt(new StoreError('400', { kind: 'permanent' }), () => asked++);
    expect(asked).toBe(0);
    expect(await failure()).toMatchObject({ reason: 'permanent', failures: [PASSING] });
  });
});

describe('The first write of an update', () => {
  it.each<[string, (update: Updating) => void]>([
    [
      'it waits to be seen',
      (update) => {
        update.moveTo(CONFIRMING);
      },
    ],
    [
      'it has ended',
      (update) => {
        update.end('deadline');
      },
    ],
  ])('is answered when %s, and not before', async (_, answer) => {
    const { pass, update } = setUp();
    let isAnswered = false;
    void update.writeAnswered.then(() => (isAnswered = true));
    update.moveTo({ kind: 'waiting', notBefore: 0 });
    update.moveTo({ kind: 'reading' });
    update.moveTo({ kind: 'writing', write: WRITE });
    await pass(10);
    expect(isAnswered).toBe(false);
    answer(update);
    await pass(0);
    expect(isAnswered).toBe(true);
  });

  it('is not forgotten while the update waits to see it', () => {
    const { log, send } = logOfOneRecord();
    const acceptances = [...log.noteAccepted(send({ a: 'new' }, { a: 'old' })).values()];
    const isKept = () => acceptances.every(({ usefulUntil }) => usefulUntil === Infinity);
    const { update } = setUp();
    const { confirmation } = CONFIRMING;
    const awaits = new AwaitedValues(acceptances);
    update.moveTo({ kind: 'confirming', confirmation: { ...confirmation, awaits } });
    expect(isKept()).toBe(true);
    update.end('deadline');
    expect(isKept()).toBe(false);
  });
});

describe('An update of no target', () => {
  it('knows of no others that are about to read its record', () => {
    expect(setUp().update.othersCome).toBe(false);
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
