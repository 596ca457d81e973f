import { describe, expect, it } from '@jest/globals';

import { StoreError } from '../../core';
import { commits, initial, operation, unchanged, verdict, written } from './history/by-hand';
import type { Commit, Journal } from './history/journal';
import type { Call, Content, Operation, Outcome } from './history/operation';
import type { ViolationKind } from './history/violation';

const claim: Call = { kind: 'setIfMissing', name: 'c', value: 'taken' };
const take: Call = { kind: 'setIfEquals', name: 'a', expected: 'a0', value: 'taken' };
const release: Call = { kind: 'removeIfEquals', name: 'c', expected: 'taken' };
const busy: Call = { kind: 'set', values: { b: 'busy' } };
const clear: Call = { kind: 'remove', names: ['b'] };
const keep: Call = { kind: 'setUnlessOthers', name: 'a', value: 'a1', otherwise: 'keep' };
const refuse: Call = { ...keep, otherwise: 'refuse' };
const same: Call = { kind: 'setIfEquals', name: 'a', expected: 'a0', value: 'a0' };

const unknown: Outcome = { kind: 'unknown' };
const cancelled: Outcome = { kind: 'failed', reason: 'cancelled' };
const absent: Outcome = { kind: 'failed', reason: 'permanent', isAbsent: true };

type Run = readonly [
  history: readonly Operation[],
  all: readonly Commit[],
  rest?: Parameters<typeof verdict>[2],
];

const claimedOnce = commits({ moment: 10, to: { c: 'taken' } });
const busyOnce = commits({ moment: 10, to: { b: 'busy' }, client: 'them' });
const cleared = commits({ moment: 10, to: {}, removes: ['b'] });
const theirs = commits({ moment: 10, to: { a: 'theirs' }, client: 'them' });
const overrun = commits(
  { moment: 10, to: { a: 'theirs' }, client: 'them' },
  { moment: 20, to: { a: 'a1' } },
);

const at = (moment: number) => ({ moment, atMs: moment, client: 'us', record: 'r' });

/** A read that was sent at one moment and shows an old version at another. */
function oldRead(moment: number, shownAt: number, version: number): Journal['requests'] {
  return [{ ...at(moment), lagged: { moment: shownAt, version } }];
}

/** Writes of ours, each from a version. */
function sent(...bases: readonly number[]): Journal['requests'] {
  return bases.map((base) => ({ ...at(6), writes: { base, next: { ...initial, a: 'a1' } } }));
}

describe('A claim that many want alike', () => {
  const claimedAgain = commits(
    { moment: 10, to: { c: 'taken' }, acknowledged: false },
    { moment: 20, to: {}, removes: ['c'], client: null },
    { moment: 30, to: { c: 'taken' } },
  );
  const loses = operation(claim, [31, 40], unchanged({ c: 'taken' }), 'them');
  const wins = (client = 'us') => operation(claim, [5, 15], written(2, claimedOnce), client);

  it.each<readonly [string, ViolationKind, Run, Run]>([
    [
      'is won by one of two processes only',
      'took no effect',
      [[wins(), wins('them')], claimedOnce],
      [[wins(), operation(claim, [5, 15], unknown, 'them')], claimedOnce],
    ],
    [
      'is won by one of two callers of a process only',
      'two winners',
      [[wins(), wins()], claimedOnce],
      [[wins(), operation(claim, [5, 15], unchanged({ c: 'taken' }))], claimedOnce],
    ],
    [
      'is won twice only where it was given back in between',
      'two winners',
      [[wins(), wins(), operation(release, [5, 15], cancelled)], claimedOnce],
      [[wins(), wins(), operation(release, [5, 15], written(2, claimedOnce))], claimedOnce],
    ],
    [
      'is not applied twice for one caller',
      'two winners',
      [[operation(claim, [5, 35], written(4, claimedAgain)), loses], claimedAgain],
      [
        [
          operation(claim, [5, 35], written(4, claimedAgain)),
          operation(claim, [5, 12], unknown),
          loses,
        ],
        claimedAgain,
      ],
    ],
    [
      'is not applied twice for the only one who wants it, whom nobody told that it was',
      'value came back',
      [[operation(claim, [5, 35], written(4, claimedAgain))], claimedAgain],
      [
        [operation({ kind: 'set', values: { c: 'taken' } }, [5, 35], written(4, claimedAgain))],
        claimedAgain,
      ],
    ],
    [
      'has been won by nobody who was told that it was cancelled',
      "nobody's write",
      [[operation(claim, [5, 15], cancelled)], claimedOnce],
      [[operation(claim, [5, 9], unknown)], claimedOnce],
    ],
    [
      'is refused where it was taken, not where it was free',
      'untrue verdict',
      [[operation(take, [5, 15], { kind: 'refused', found: 'taken' })], commits()],
      [
        [
          operation(take, [5, 15], { kind: 'refused', found: 'taken' }),
          operation(take, [5, 15], unknown, 'them'),
        ],
        commits({ moment: 10, to: { a: 'taken' }, client: 'them' }),
      ],
    ],
  ])('%s', (_, kind, lie, truth) => {
    expect(verdict(...lie)).toContain(kind);
    expect(verdict(...truth)).toEqual([]);
  });
});

describe('What many want alike without a condition', () => {
  const wasThere = [
    operation(busy, [11, 15], written(2, busyOnce)),
    operation(busy, [5, 15], unknown, 'them'),
  ];

  const replaced = [
    operation(busy, [5, 15], written(2, cleared)),
    operation(clear, [5, 15], unknown),
    operation(clear, [5, 15], written(2, cleared), 'them'),
  ];
  const clearedLater = commits(
    { moment: 3, to: { a: 'theirs' }, client: null, acknowledged: false },
    { moment: 10, to: {}, removes: ['b'], client: 'them' },
  );
  const replacedLater = [
    operation(busy, [5, 15], written(3, clearedLater)),
    operation(clear, [5, 15], unknown),
    operation(clear, [5, 15], written(3, clearedLater), 'them'),
  ];
  const clearedByThem = cleared.map((commit) => ({ ...commit, client: commit.client && 'them' }));

  function inVain(
    base: number,
    moment = 12,
    next: Content = { ...initial, b: 'busy' },
  ): Journal['requests'] {
    const shows = new StoreError('', { kind: 'ambiguous' });
    const writes = { base, next };
    return [{ ...at(moment), writes, reply: { moment: 14, atMs: 14, shows } }];
  }

  it.each<readonly [string, ViolationKind, Run, Run]>([
    [
      'is written where somebody wrote it after the call began',
      'took no effect',
      [
        [
          operation(busy, [11, 15], written(2, busyOnce)),
          operation(busy, [5, 15], unknown, 'them'),
        ],
        busyOnce,
      ],
      [
        [operation(busy, [9, 15], written(2, busyOnce)), operation(busy, [5, 15], unknown, 'them')],
        busyOnce,
      ],
    ],
    [
      'may have been there before where the same was sent from an older version in vain',
      'took no effect',
      [wasThere, busyOnce, { requests: inVain(2) }],
      [wasThere, busyOnce, { requests: inVain(1) }],
    ],
    [
      'is not borne out by what was sent in vain before',
      'took no effect',
      [wasThere, busyOnce, { requests: inVain(1, 10) }],
      [wasThere, busyOnce, { requests: inVain(1, 12) }],
    ],
    [
      'may have been replaced by a companion where the same state was sent in vain from the version before',
      'took no effect',
      [replaced, clearedByThem, { requests: inVain(1, 6, { ...initial }) }],
      [replaced, clearedByThem, { requests: inVain(1, 6, { a: 'a0', log: '' }) }],
    ],
    [
      'may have been replaced by a companion where the same state was sent in vain from an older version',
      'took no effect',
      [replacedLater, clearedLater, { requests: inVain(1, 6, { ...initial }) }],
      [replacedLater, clearedLater, { requests: inVain(1, 6, { a: 'theirs', log: '' }) }],
    ],
    [
      'was not replaced by a companion where that was sent from a later version',
      'took no effect',
      [replaced, clearedByThem, { requests: inVain(2, 6, { a: 'a0', log: '' }) }],
      [replaced, clearedByThem, { requests: inVain(1, 6, { a: 'a0', log: '' }) }],
    ],
    [
      'is not in a result from before it was there',
      'untrue result',
      [
        [operation(busy, [9, 15], written(1, busyOnce)), operation(busy, [5, 15], unknown, 'them')],
        busyOnce,
      ],
      [
        [operation(busy, [9, 15], written(2, busyOnce)), operation(busy, [5, 15], unknown, 'them')],
        busyOnce,
      ],
    ],
    [
      'is removed by a commit that removes it',
      'took no effect',
      [[operation(clear, [5, 15], written(1, commits()))], commits()],
      [[operation(clear, [5, 15], written(2, cleared))], cleared],
    ],
    [
      'is lost where nobody removed it',
      'lost update',
      [[operation(clear, [5, 15], cancelled)], cleared],
      [[operation(clear, [5, 15], unknown)], cleared],
    ],
    [
      'need not be removed where it is not there',
      'untrue verdict',
      [[operation(clear, [1, 9], unchanged({ b: '' }))], cleared.slice(0, 1)],
      [
        [
          operation(clear, [11, 15], unchanged({ b: '' })),
          operation(clear, [5, 15], written(2, cleared)),
        ],
        cleared,
      ],
    ],
  ])('%s', (_, kind, lie, truth) => {
    expect(verdict(...lie)).toContain(kind);
    expect(verdict(...truth)).toEqual([]);
  });
});

describe('Who counts', () => {
  const one: Call = { kind: 'count', by: 1 };
  const counting = (
    ...steps: readonly (readonly [moment: number, count: string, client?: string])[]
  ) =>
    commits(...steps.map(([moment, count, client = 'us']) => ({ moment, to: { count }, client })));
  const once = counting([10, '1']);
  const twice = counting([10, '1'], [20, '2']);
  const together = counting([10, '2']);
  const byBoth = counting([10, '1'], [20, '2', 'them']);
  const counted = (count: number, all: readonly Commit[], from = 5, to = 25, client = 'us') =>
    operation(one, [from, to], { ...written(all.length, all), counted: count }, client);
  const untold = operation(one, [5, 25], unknown);

  it.each<readonly [string, ViolationKind, Run, Run]>([
    [
      'is told of no more than there is',
      'counted too little',
      [[counted(1, once), counted(1, once)], once],
      [[counted(1, once), untold], once],
    ],
    [
      'has not counted twice',
      'counted too much',
      [[counted(2, twice)], twice],
      [[counted(2, twice), untold], twice],
    ],
    [
      'has not counted where it was told that it was cancelled',
      'counted too much',
      [[counted(2, together), operation(one, [5, 25], cancelled)], together],
      [[counted(2, together), counted(1, together)], together],
    ],
    [
      'has a number of its own',
      'told twice',
      [[counted(2, twice), counted(2, twice)], twice],
      [[counted(2, twice), counted(1, twice)], twice],
    ],
    [
      'is told no number that another process has counted to',
      'untrue count',
      [[counted(2, byBoth), counted(1, byBoth, 5, 25, 'them')], byBoth],
      [[counted(1, byBoth), counted(2, byBoth, 5, 25, 'them')], byBoth],
    ],
    [
      'is told no number from before it came',
      'untrue count',
      [[counted(1, twice, 12), counted(2, twice)], twice],
      [[counted(1, twice, 5, 12), counted(2, twice, 12)], twice],
    ],
    [
      'is told a number',
      'untrue count',
      [[operation(one, [5, 25], written(2, once))], once],
      [[counted(1, once)], once],
    ],
    [
      'never counts back',
      'lost update',
      [[counted(2, twice), operation(one, [5, 35], unknown)], counting([10, '2'], [20, '1'])],
      [[counted(2, twice), counted(1, twice)], twice],
    ],
  ])('%s', (_, kind, lie, truth) => {
    expect(verdict(...lie)).toContain(kind);
    expect(verdict(...truth)).toEqual([]);
  });
});

describe('An old read', () => {
  const history = [operation(same, [20, 30], unchanged({ a: 'a0' }))];

  it.each<readonly [string, Run, Run]>([
    [
      'proves nothing to a process that has seen the record further on',
      [history, theirs, { requests: oldRead(21, 25, 1), sightings: [{ ...at(19), version: 2 }] }],
      [history, theirs, { requests: oldRead(21, 25, 1), sightings: [{ ...at(19), version: 1 }] }],
    ],
    [
      'proves nothing even if that was seen meanwhile',
      [history, theirs, { requests: oldRead(21, 25, 1), sightings: [{ ...at(24), version: 2 }] }],
      [history, theirs, { requests: oldRead(21, 25, 1), sightings: [{ ...at(26), version: 2 }] }],
    ],
    [
      'is known to be old by its own process only',
      [history, theirs, { requests: oldRead(21, 25, 1), sightings: [{ ...at(19), version: 2 }] }],
      [
        history,
        theirs,
        {
          requests: oldRead(21, 25, 1),
          sightings: [
            { ...at(19), version: 2, client: 'them' },
            { ...at(19), version: 2, record: 'another' },
          ],
        },
      ],
    ],
  ])('%s', (_, lie, truth) => {
    expect(verdict(...lie)).toContain('untrue verdict');
    expect(verdict(...truth)).not.toContain('untrue verdict');
  });
});

describe('Who gives way to strangers', () => {
  const refused = (found: string, from = 5) =>
    operation(refuse, [from, 25], { kind: 'refused', found });
  const kept = (found: string) => operation(keep, [5, 25], unchanged({ a: found }));
  const ours: Call = { kind: 'set', values: { a: 'ours' } };
  const oursSet = commits({ moment: 10, to: { a: 'ours' } });
  const all = (from: number, call = refuse) => operation(call, [from, 25], written(3, overrun));
  const removed = commits({ moment: 10, to: {}, removes: ['a'], client: null });

  it.each<readonly [string, ViolationKind, Run, Run]>([
    [
      'refuses with what a stranger wrote, not with what a companion did',
      'gave way to nobody',
      [[refused('ours'), operation(ours, [6, 15], written(2, oursSet))], oursSet],
      [[refused('theirs')], theirs],
    ],
    [
      'keeps what a stranger wrote, not what a companion did',
      'gave way to nobody',
      [[kept('ours'), operation(ours, [6, 15], written(2, oursSet))], oursSet],
      [[kept('theirs')], theirs],
    ],
    [
      'does not give way to what was there at first',
      'gave way to nobody',
      [[refused('a0')], commits()],
      [[refused('')], removed],
    ],
    [
      'does not give way to what was there long before',
      'gave way to nobody',
      [[operation(refuse, [510, 520], { kind: 'refused', found: 'theirs' })], theirs],
      [[operation(refuse, [509, 520], { kind: 'refused', found: 'theirs' })], theirs],
    ],
    [
      'does not give way to what was never there',
      'untrue verdict',
      [[kept('nothing')], theirs],
      [[kept('theirs')], theirs],
    ],
    [
      'does not keep where it was to refuse',
      'untrue verdict',
      [[operation(refuse, [5, 25], unchanged({ a: 'theirs' }))], theirs],
      [[operation(keep, [5, 25], unchanged({ a: 'theirs' }))], theirs],
    ],
    [
      'does not run over what came after the version that it was first to be written on',
      'ran over a stranger',
      [[all(5)], overrun, { requests: sent(1, 2) }],
      [[all(5)], overrun, { requests: sent(2) }],
    ],
  ])('%s', (_, kind, lie, truth) => {
    expect(verdict(...lie)).toContain(kind);
    expect(verdict(...truth).filter((found) => !isOfWriters(found))).toEqual([]);
  });

  /** What strangers write that is of no caller's making is not what this is about. */
  function isOfWriters(kind: ViolationKind): boolean {
    return kind === "nobody's write" || kind === "nobody's value";
  }
});

describe('That there is no such record', () => {
  const history = [operation(same, [1, 10_020], absent)];

  it.each<readonly [string, Run, Run]>([
    [
      'is believed when ten seconds have passed since a write of its own',
      [history, commits(), { writeEnds: [at(21)] }],
      [history, commits(), { writeEnds: [at(20)] }],
    ],
    [
      'is true of a record that is gone',
      [history, commits(), { writeEnds: [at(21)], gone: new Map([['r', 10_021]]) }],
      [history, commits(), { writeEnds: [at(21)], gone: new Map([['r', 10_019]]) }],
    ],
    [
      'is disbelieved by who has written it only',
      [history, commits(), { writeEnds: [at(21)] }],
      [
        history,
        commits(),
        {
          writeEnds: [
            { ...at(21), client: 'them' },
            { ...at(21), record: 'another' },
          ],
        },
      ],
    ],
  ])('%s', (_, lie, truth) => {
    expect(verdict(...lie)).toEqual(['untrue absence']);
    expect(verdict(...truth)).toEqual([]);
  });
});
