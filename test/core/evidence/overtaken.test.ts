import { describe, expect, it } from '@jest/globals';

import { NONE_YET, strategies } from '../../../core';
import { SharedListeners } from '../../../core/cancellation';
import type { SharedWrite } from '../../../core/cycle/shared-write';
import { isOvertaken, noteOvertaken, noteUndone } from '../../../core/evidence/overtaken';
import { LookSchedule } from '../../../core/looks/look-schedule';
import { difference, type Parts } from '../../../core/parts';
import { Update } from '../../../core/update/update';
import { VirtualClock } from '../virtual-clock';

type Texts = Readonly<Record<string, string>>;

const parts = (texts: Texts): Parts => new Map(Object.entries(texts));

/** What was there, and what a write was to make of it. */
const BEFORE = { a: 'old', keep: 'x' };
const AFTER = { a: 'new', b: 'new', keep: 'x' };

const writing = (version: number, before: Texts = BEFORE) => ({
  base: { parts: parts(before), version, raw: null },
  delta: difference(parts(before), parts(AFTER)),
  after: parts(AFTER),
});

/** How a write was taken: only accepted, by a record that had just been made, or neither. */
type Taken = 'accepted' | 'new' | 'simply';

const awaiting = <Write>(taken: Write, how: Taken) =>
  ({ kind: 'version', taken, accepted: how === 'accepted', isNew: how === 'new' }) as const;

const setting = (part: 'a' | 'b', idempotent = true) => ({
  delta: new Map([[part, { from: null, to: 'new' }]]),
  change: { idempotent, conditional: false },
});

describe('What was taken under version 5', () => {
  const NOTHING = { ...BEFORE, keep: 'theirs' };

  it.each<[string, Taken, number, Texts, boolean]>([
    [
      'is overtaken where it was accepted, and version 6 is another write',
      'accepted',
      6,
      NOTHING,
      true,
    ],
    ['is not so where the server stores nothing of it', 'accepted', 6, BEFORE, false],
    ['is not so where it may have been there since', 'accepted', 7, NOTHING, false],
    ['is not so where some of it is there', 'accepted', 6, { ...NOTHING, b: 'new' }, false],
    ['is not so where it was written at once', 'simply', 6, NOTHING, false],
    ['is overtaken where the record was new, and all is as before', 'new', 7, NOTHING, true],
    ['is not so where version 6 is its own', 'new', 6, NOTHING, false],
    ['is not so where the record was new, and some of it is there', 'new', 7, AFTER, false],
  ])('%s', (_, how, version, shown, expected) => {
    const seen = { parts: parts(shown), version };
    expect(isOvertaken(awaiting(writing(5), how), setting('a'), seen)).toBe(expected);
  });

  it.each<Taken>(['accepted', 'new'])(
    'is not made anew by a change that must not run twice (%s)',
    (how) => {
      const seen = { parts: parts(NOTHING), version: how === 'new' ? 7 : 6 };
      expect(isOvertaken(awaiting(writing(5), how), setting('a', false), seen)).toBe(false);
    },
  );
});

describe('What was made of nothing', () => {
  it.each([
    ['is there for whoever has set what a read shows', setting('b'), { b: 'new' }, false],
    ['is overtaken for whoever has set what it does not show', setting('a'), { b: 'new' }, true],
    ['is there for whoever rests on it where a read shows all of it', undefined, AFTER, false],
    ['is overtaken for whoever rests on it where some is missing', undefined, { b: 'new' }, true],
  ])('%s', (_, own, shown, expected) => {
    const awaits = awaiting(writing(NONE_YET, {}), 'new');
    expect(isOvertaken(awaits, own, { parts: parts(shown), version: 1 })).toBe(expected);
  });
});

/** An update that has set two parts, or has nothing of its own in the write. */
function setUp(writes = true) {
  const clock = new VirtualClock();
  const policy = {
    maxAttempts: 3,
    totalTimeoutMs: 1000,
    requestTimeoutMs: 1000,
    backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
  };
  const change = {
    idempotent: true,
    apply: () => ({ kind: 'refused', reason: 'not asked for' }) as const,
  };
  const listeners = new SharedListeners();
  const update = new Update<null, null>(change, policy, {
    clock,
    arrival: 0,
    signal: undefined,
    listeners,
  });
  const written = writing(5);
  const own = new Map(writes ? [[update, { delta: written.delta, change }]] : []);
  const write: SharedWrite<null, null> = { ...written, own, steps: [], sending: new Map() };
  return { update, write };
}

describe('An update that was overtaken', () => {
  /** What this process is told that a read shows in place of the write. */
  function overtaken({ update, write }: ReturnType<typeof setUp>, shown: Texts, isOwn = true) {
    const commits: (readonly [from: Parts, to: Parts])[] = [];
    const confirmation = {
      awaits: awaiting(write, 'accepted'),
      write: isOwn ? write : undefined,
      note: null,
      batchSize: 1,
      since: 0,
      looks: new LookSchedule(0, 0),
    };
    const snapshot = { parts: parts(shown), version: 6, raw: null };
    noteOvertaken(update, confirmation, snapshot, (...commit) => {
      commits.push(commit);
    });
    return commits;
  }

  it('has written what is there, and all that differs from that is as it was before', () => {
    const world = setUp();
    const commits = overtaken(world, { a: 'theirs', b: 'new' });
    expect([...world.update.writes.written.keys()]).toEqual(['b']);
    expect(commits).toEqual([[parts(AFTER), parts({ ...BEFORE, b: 'new' })]]);
  });

  it('has written nothing where nothing is there', () => {
    const world = setUp();
    world.update.noteFate(world.write, 'open');
    overtaken(world, BEFORE);
    expect(world.update.writes.soFar).toEqual([]);
  });

  it('has written nothing where it only rests on what others have', () => {
    const world = setUp();
    expect(overtaken(world, AFTER, false)).toEqual([[parts(AFTER), parts(AFTER)]]);
    expect(world.update.writes.soFar).toEqual([]);
  });
});

describe('An update whose write was undone in part', () => {
  it('has written nothing where nothing in it was its own', () => {
    const { update, write } = setUp(false);
    noteUndone(update, write, parts(AFTER));
    expect(update.writes.soFar).toEqual([]);
  });
});
