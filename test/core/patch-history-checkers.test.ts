import { describe, expect, it } from '@jest/globals';

import type { Call } from './history/operation';
import { ByHand } from './history/patch/by-hand';
import type { PatchOutcome } from './history/patch/operation';
import type { ViolationKind } from './history/violation';

const set: Call = { kind: 'set', values: { a: 'a1' } };
const two: Call = { kind: 'set', values: { a: 'a1', b: 'b1' } };
const later: Call = { kind: 'set', values: { a: 'a2' } };
const claim: Call = { kind: 'setIfMissing', name: 'c', value: 'c1' };
const take: Call = { kind: 'setIfEquals', name: 'a', expected: 'a0', value: 'a1' };
const remove: Call = { kind: 'remove', names: ['a'] };
const keep: Call = { kind: 'setUnlessOthers', name: 'a', value: 'a1', otherwise: 'keep' };
const refuse: Call = { ...keep, otherwise: 'refuse' };

const written: PatchOutcome = { kind: 'written' };
const accepted: PatchOutcome = { kind: 'accepted' };
const unseen: PatchOutcome = { kind: 'unseen' };
const unknown: PatchOutcome = { kind: 'unknown' };
const cancelled: PatchOutcome = { kind: 'failed', reason: 'cancelled' };
const deadline: PatchOutcome = { kind: 'failed', reason: 'deadline' };
const bySomeone: PatchOutcome = { kind: 'superseded', found: { a: 'theirs' } };
const foundOld: PatchOutcome = { kind: 'superseded', found: { a: 'a0' } };
const absent: PatchOutcome = { kind: 'failed', reason: 'permanent', isAbsent: true };
const unchanged = (found: string): PatchOutcome => ({ kind: 'unchanged', found: { a: found } });
const refused = (found: string): PatchOutcome => ({ kind: 'refused', found });

/** A lie, and what is so near to it that it is none. */
type Pair = readonly [what: string, kind: ViolationKind, lie: ByHand, truth: ByHand];

/** Accepted after 20 ms, applied 5 ms before. */
const sent = (values = { a: 'a1' }) => new ByHand().patch([10, 20], values);
const applied = { isAnswered: false };
const inVain = { isApplied: false };

const toldOfAcceptance: readonly Pair[] = [
  [
    'is written where a read has shown it, not where only an older one has come',
    'not shown',
    sent().read([30, 40], 14).call(set, [1, 50], written),
    sent().read([30, 40], 16).call(set, [1, 50], written),
  ],
  [
    'is written as a whole',
    'not shown',
    sent({ a: 'a1' }).patch([21, 31], { b: 'b1' }).read([40, 50], 20).call(two, [1, 60], written),
    sent({ a: 'a1' }).patch([21, 31], { b: 'b1' }).read([40, 50], 30).call(two, [1, 60], written),
  ],
  [
    'was there where what its process wrote after it is, not where what somebody else wrote is',
    'not shown',
    sent().stranger(25, { a: 'theirs' }).read([30, 40], 30).call(set, [1, 50], written),
    sent()
      .call(later, [21, 50], unknown)
      .patch([22, 28], { a: 'a2' }, applied)
      .read([30, 40], 30)
      .call(set, [1, 50], written),
  ],
  [
    'is accepted where a server says so, not where nobody answers',
    'not accepted',
    new ByHand().patch([10, 20], { a: 'a1' }, applied).call(set, [1, 50], accepted),
    sent().call(set, [1, 50], accepted),
  ],
  [
    'may be told of as not seen only then',
    'not accepted',
    new ByHand().patch([10, 20], { a: 'a1' }, applied).call(set, [1, 50], unseen),
    sent().call(set, [1, 50], unseen),
  ],
  [
    'is not told as cancelled, nor is what was applied without an answer',
    'took effect against its answer',
    new ByHand().patch([10, 20], { a: 'a1' }, applied).call(set, [1, 50], cancelled),
    new ByHand()
      .patch([10, 20], { a: 'a1' }, { ...applied, ...inVain })
      .call(set, [1, 50], cancelled),
  ],
  [
    'is not told as over in time',
    'took effect against its answer',
    sent().call(set, [1, 50], deadline),
    sent().call(set, [1, 50], unseen),
  ],
  [
    'is not told as refused',
    'took effect against its answer',
    sent().stranger(25, { a: 'theirs' }).call(refuse, [1, 50], refused('theirs')),
    new ByHand().stranger(25, { a: 'theirs' }).call(refuse, [1, 50], refused('theirs')),
  ],
  [
    'is not sent again, but what got no answer may be',
    'sent again',
    sent().patch([30, 40], { a: 'a1' }).call(set, [1, 50], unknown),
    new ByHand()
      .patch([10, 20], { a: 'a1' }, applied)
      .patch([30, 40], { a: 'a1' })
      .call(set, [1, 50], unknown),
  ],
  [
    'is sent as often as there are callers who want it',
    'sent again',
    sent({ a: '' }).patch([30, 40], { a: '' }).call(remove, [1, 50], unknown),
    sent({ a: '' })
      .patch([30, 40], { a: '' })
      .call(remove, [1, 50], unknown)
      .call(remove, [25, 50], unknown),
  ],
  [
    'was wanted by somebody who was still there',
    "nobody's write",
    sent().call(set, [11, 50], unknown),
    sent().call(set, [9, 50], unknown),
  ],
];

const BOUND_MS = 20 + 10_000;
const AFTER = [BOUND_MS, BOUND_MS + 10] as const;
const overwritten = () => sent().stranger(25, { a: 'theirs' });

/** Superseded by then, after a lag of 7 s was met, of a value that the client may have sent before, or written over. */
function afterLag(endMs: number, besides?: 'sent before' | 'written over'): ByHand {
  const first = new ByHand()
    .lag(7000)
    .call({ kind: 'set', values: { b: 'b1' } }, [0, 7015], unknown)
    .read([1, 2], 1);
  if (besides === 'sent before') {
    first.patch([2, 3], { b: 'b1' }, { isApplied: false, isAnswered: false });
  }
  first.patch([4, 6], { b: 'b1' });
  if (besides === 'written over') {
    first
      .call({ kind: 'set', values: { b: 'b2' } }, [0, 7015], unknown)
      .patch([6003, 6009], { b: 'b2' });
  }
  return first
    .read([7004, 7005], 2)
    .read([7006, 7007], 6000)
    .patch([7008, 7012], { a: 'a1' })
    .stranger(7020, { a: 'theirs' })
    .read([endMs + 7000, endMs + 7001], 8000)
    .call(set, [1, endMs + 7002], bySomeone);
}

/** Superseded by what was seen first, by a read that is further behind than the bound. */
function flippedBack(metMs: number): ByHand {
  return new ByHand()
    .lag(20_000)
    .stranger(4, { a: 'theirs' })
    .read([5, 6], 2)
    .read([7, 9], metMs)
    .patch([10, 20], { a: 'a1' })
    .read(AFTER, 2)
    .call(set, [1, BOUND_MS + 11], foundOld);
}

const toldOfSuperseding: readonly Pair[] = [
  [
    'ends at the bound, not before it',
    'superseded too early',
    overwritten()
      .read(AFTER, 30)
      .call(set, [1, BOUND_MS - 1], bySomeone),
    overwritten()
      .read(AFTER, 30)
      .call(set, [1, BOUND_MS + 11], bySomeone),
  ],
  [
    'takes a look at the bound',
    'superseded too early',
    overwritten()
      .read([BOUND_MS - 1, BOUND_MS], 30)
      .call(set, [1, BOUND_MS + 11], bySomeone),
    overwritten()
      .read(AFTER, 30)
      .call(set, [1, BOUND_MS + 11], bySomeone),
  ],
  [
    'waits for twice as long as a lag of what its client has not written over itself',
    'superseded too early',
    afterLag(BOUND_MS),
    afterLag(BOUND_MS, 'written over'),
  ],
  [
    'waits for twice as long as a lag of what its client has sent once',
    'superseded too early',
    afterLag(BOUND_MS),
    afterLag(BOUND_MS, 'sent before'),
  ],
  [
    'waits for twice as long as a lag that was met before',
    'superseded too early',
    afterLag(BOUND_MS + 11),
    afterLag(BOUND_MS + 4011),
  ],
  [
    'needs an acceptance',
    'not accepted',
    new ByHand()
      .patch([10, 20], { a: 'a1' }, applied)
      .stranger(25, { a: 'theirs' })
      .read(AFTER, 30)
      .call(set, [1, BOUND_MS + 11], bySomeone),
    overwritten()
      .read(AFTER, 30)
      .call(set, [1, BOUND_MS + 11], bySomeone),
  ],
  [
    "names another's value, not its own process's",
    'superseded by nobody',
    sent()
      .call(later, [1, 60], unknown)
      .patch([21, 28], { a: 'a2' })
      .read(AFTER, 30)
      .call(set, [1, BOUND_MS + 11], { kind: 'superseded', found: { a: 'a2' } }),
    sent()
      .call(later, [1, 60], unknown, 'them')
      .patch([21, 28], { a: 'a2' }, { client: 'them' })
      .read(AFTER, 30)
      .call(set, [1, BOUND_MS + 11], { kind: 'superseded', found: { a: 'a2' } }),
  ],
  [
    'names no value that was seen before it was written, unless that was written once more',
    'superseded by nobody',
    sent()
      .read([2, 9], 2)
      .read(AFTER, 14)
      .call(set, [1, BOUND_MS + 11], foundOld),
    sent()
      .stranger(25, { a: 'a0' })
      .read([2, 9], 2)
      .read(AFTER, 30)
      .call(set, [1, BOUND_MS + 11], foundOld),
  ],
  [
    'may name one from before that was seen, and another one since',
    'superseded by nobody',
    flippedBack(2),
    flippedBack(7),
  ],
  [
    'may name one from before where no read had shown that yet',
    'superseded by nobody',
    new ByHand()
      .lag(20_000)
      .stranger(5, { a: 'theirs' })
      .patch([10, 20], { a: 'a1' })
      .read([6, 9], 6)
      .read(AFTER, 6)
      .call(set, [1, BOUND_MS + 11], bySomeone),
    new ByHand()
      .lag(20_000)
      .stranger(5, { a: 'theirs' })
      .patch([10, 20], { a: 'a1' })
      .read([6, 9], 4)
      .read(AFTER, 6)
      .call(set, [1, BOUND_MS + 11], bySomeone),
  ],
];

/** Told by then that there is no such record, which its process wrote to at 20 ms. */
function missing(endMs: number): ByHand {
  const run = new ByHand().call(set, [1, endMs], absent);
  run.log.writeEnds.push({ moment: 20, atMs: 20, client: 'us', record: 'r' });
  return run;
}

const missingOnly: Call = { kind: 'setIfMissing', name: 'a', value: 'a1' };

/** Accepted, and followed by another value that got no answer. */
function overtaken(): ByHand {
  return sent()
    .call(set, [1, 34], unknown)
    .call(set, [21, 34], unknown)
    .call(later, [20, 30], unknown)
    .patch([21, 28], { a: 'a2' }, applied);
}

const toldOfVerdicts: readonly Pair[] = [
  [
    'was so within the lag',
    'untrue verdict',
    new ByHand().lag(100).stranger(5, { a: 'theirs' }).call(take, [606, 620], refused('a0')),
    new ByHand().lag(100).stranger(5, { a: 'theirs' }).call(take, [606, 620], refused('theirs')),
  ],
  [
    'is not what its process knows to be older than what it wrote, until the bound',
    'untrue verdict',
    sent()
      .lag(20_000)
      .read([2, 9], 2)
      .call(set, [1, 25], unknown)
      .call(keep, [30, 10_019], unchanged('a0')),
    sent()
      .lag(20_000)
      .read([2, 9], 2)
      .call(set, [1, 25], unknown, 'them')
      .call(set, [1, 25], unknown)
      .call(keep, [30, 10_020], unchanged('a0')),
  ],
  [
    'is older than a later PATCH of its process, and not than an earlier one that the network repeats',
    'untrue verdict',
    overtaken().patch([30, 32], { a: 'a1' }).call(missingOnly, [35, 50], unchanged('a2')),
    overtaken().repeat(31).call(missingOnly, [35, 50], unchanged('a2')),
  ],
  [
    'gives way to others only',
    'gave way to nobody',
    sent({ a: 'a2' }).call(later, [1, 25], unknown).call(keep, [5, 50], unchanged('a2')),
    new ByHand()
      .patch([10, 20], { a: 'a2' }, { client: 'them' })
      .call(later, [1, 25], unknown, 'them')
      .call(keep, [5, 50], unchanged('a2')),
  ],
  [
    'met its condition when it was sent',
    'took effect in part or against its condition',
    new ByHand()
      .stranger(5, { c: 'theirs' })
      .patch([606, 620], { c: 'c1' })
      .call(claim, [605, 700], unknown),
    new ByHand()
      .stranger(205, { c: 'theirs' })
      .patch([606, 620], { c: 'c1' })
      .call(claim, [605, 700], unknown),
  ],
  [
    'is no record missing that was just written',
    'untrue absence',
    missing(10_019),
    missing(10_020),
  ],
];

/** Both are told that it was written; the second one has sent it once more, after a read of what there was once. */
function removedTwice(readMs: number): ByHand {
  return sent({ a: '' })
    .lag(50)
    .read([21, 24], 21)
    .call(remove, [1, 25], written)
    .read([31, 34], readMs)
    .patch([36, 44], { a: '' })
    .read([46, 48], 46)
    .call(remove, [30, 60], written);
}

const toldInOrder: readonly Pair[] = [
  [
    'come out as one after the other',
    'out of order',
    sent()
      .patch([21, 31], { a: 'a2' })
      .read([40, 50], 40)
      .call(take, [1, 60], written)
      .call({ ...take, value: 'a2' }, [1, 60], written),
    sent()
      .patch([21, 31], { a: 'a2' })
      .read([40, 50], 40)
      .call(take, [1, 60], written)
      .call({ ...take, expected: 'a1', value: 'a2' }, [1, 60], written),
  ],
  [
    'have written nothing that was there, unless a read had shown them an old value',
    'out of order',
    removedTwice(31),
    removedTwice(1),
  ],
];

describe('Of a change to a record without versions it is noticed that what was accepted', () => {
  it.each(toldOfAcceptance)('%s', judge);
});

describe('Of a change that is superseded it is noticed that it', () => {
  it.each(toldOfSuperseding)('%s', judge);
});

describe('Of a verdict without versions it is noticed that what was found', () => {
  it.each(toldOfVerdicts)('%s', judge);
});

describe('Of calls of one process and nobody else it is noticed that they', () => {
  it.each(toldInOrder)('%s', judge);
});

function judge(...[, kind, lie, truth]: Pair) {
  expect(lie.verdict()).toContain(kind);
  expect(truth.verdict()).toEqual([]);
}
