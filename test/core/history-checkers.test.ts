import { describe, expect, it } from '@jest/globals';

import { commits, initial, operation, unchanged, verdict, written } from './history/by-hand';
import type { Commit } from './history/journal';
import { isLinearizable } from './history/linearizability';
import type { Call, Content, Operation, Outcome } from './history/operation';
import type { ViolationKind } from './history/violation';

const setA: Call = { kind: 'set', values: { a: 'a1' } };
const setAAgain: Call = { kind: 'set', values: { a: 'a2' } };
const setBoth: Call = { kind: 'set', values: { a: 'a3', b: 'b3' } };
const append: Call = { kind: 'append', token: '[1]' };
const appendMore: Call = { kind: 'append', token: '[2]' };
const setC: Call = { kind: 'setIfMissing', name: 'c', value: 'c1' };
const swap: Call = { kind: 'setIfEquals', name: 'a', expected: 'a1', value: 'a4' };
const same: Call = { kind: 'setIfEquals', name: 'a', expected: 'a0', value: 'a0' };

const request = { atMs: 0, client: 'us', record: 'r' };

const failed: Outcome = { kind: 'failed', reason: 'cancelled' };
const unknown: Outcome = { kind: 'unknown' };

describe('The version chain bears', () => {
  it('callers that come one after the other', () => {
    const all = commits({ moment: 10, to: { a: 'a1' } }, { moment: 20, to: { a: 'a4' } });
    const history = [
      operation(setA, [5, 15], written(2, all)),
      operation(swap, [16, 25], written(3, all)),
      operation(same, [1, 30], unchanged({ a: 'a0' })),
    ];
    expect(verdict(history, all)).toEqual([]);
  });

  it('a set that is applied anew because nobody told its client that it was applied', () => {
    const all = commits(
      { moment: 10, to: { a: 'a1' }, acknowledged: false },
      { moment: 20, to: { a: 'a2' } },
      { moment: 30, to: { a: 'a1' } },
    );
    const history = [
      operation(setA, [5, 35], written(4, all)),
      operation(setAAgain, [6, 25], written(3, all)),
    ];
    expect(verdict(history, all)).toEqual([]);
  });

  it('callers that come along together, the later replacing what the earlier set', () => {
    const all = commits({ moment: 10, to: { a: 'a4', b: 'b3', log: '[1][2]' } });
    const history = [
      operation(setBoth, [1, 15], written(2, all)),
      operation(setA, [2, 15], written(2, all)),
      operation({ ...swap, expected: 'a3', value: 'a9' }, [3, 15], {
        kind: 'refused',
        found: 'a1',
      }),
      operation(swap, [4, 15], written(2, all)),
      operation(append, [5, 15], written(2, all)),
      operation(appendMore, [6, 15], written(2, all)),
    ];
    expect(verdict(history, all)).toEqual([]);
  });

  describe('a condition that was met by a companion, who then went once more by itself', () => {
    const all = (acknowledged: boolean) =>
      commits({ moment: 10, to: { a: 'a4' }, acknowledged }, { moment: 30, to: { a: 'a1' } });
    const history = [
      operation(setA, [1, 35], written(3, all(false))),
      operation(swap, [2, 15], unknown),
    ];

    it('because nobody told their client that they were written', () => {
      expect(verdict(history, all(false))).toEqual([]);
    });

    it('but not if their client had been told', () => {
      expect(verdict(history, all(true))).toContain('took effect in part or against its condition');
    });
  });

  describe('callers that come along together once more', () => {
    // The later one's a is there already, and is what the earlier one's a gives way to again.
    const all = (acknowledged: boolean) =>
      commits(
        { moment: 10, to: { a: 'a1', b: 'b3' }, acknowledged },
        { moment: 20, to: { b: 'b9' }, client: null },
        { moment: 30, to: { b: 'b3' } },
      );
    const history = (laterAnswered: number) => [
      operation(setBoth, [1, 35], written(4, all(false))),
      operation(setA, [2, laterAnswered], written(4, all(false))),
    ];

    it('because nobody told their client that they were written', () => {
      expect(verdict(history(36), all(false))).toEqual([]);
    });

    it('but not if their client had been told', () => {
      expect(verdict(history(36), all(true))).toContain(
        'took effect in part or against its condition',
      );
    });

    it('but not if the later one was over', () => {
      expect(verdict(history(25), all(false))).toContain(
        'took effect in part or against its condition',
      );
    });
  });

  describe('a swap of what a companion set once more, half of which was still there', () => {
    const all = (acknowledged: boolean) =>
      commits(
        { moment: 10, to: { a: 'a3', b: 'b3' }, acknowledged },
        { moment: 20, to: { a: 'a9' }, client: null },
        { moment: 30, to: { a: 'a3', b: 'b4' } },
      );
    const history = [
      operation(setBoth, [1, 35], written(4, all(false))),
      operation(
        { ...swap, name: 'b', expected: 'b3', value: 'b4' },
        [2, 35],
        written(4, all(false)),
      ),
    ];

    it('because nobody told their client that it was written', () => {
      expect(verdict(history, all(false))).toEqual([]);
    });

    it('but not if their client had been told', () => {
      expect(verdict(history, all(true))).toContain('took effect in part or against its condition');
    });
  });

  describe('a refusal by what a companion set once more and another one replaced', () => {
    const all = (acknowledged: boolean) =>
      commits(
        { moment: 10, to: { a: 'a3', b: 'b3' }, acknowledged },
        { moment: 20, to: { b: 'b9' }, client: null },
        { moment: 30, to: { b: 'b5' } },
      );
    const history = [
      operation(setBoth, [1, 35], written(4, all(false))),
      operation({ ...same, name: 'b' }, [25, 36], { kind: 'refused', found: 'b3' }),
      operation({ kind: 'set', values: { b: 'b5' } }, [26, 35], written(4, all(false))),
    ];

    it('because nobody told their client that it was written', () => {
      expect(verdict(history, all(false))).toEqual([]);
    });

    it('but not if their client had been told', () => {
      expect(verdict(history, all(true))).toContain('untrue verdict');
    });
  });

  it('unknown operations that take effect late, or never', () => {
    const all = commits({ moment: 30, to: { log: '[1]' }, acknowledged: false });
    const history = [operation(append, [5, 15], unknown), operation(setA, [6, 15], unknown)];
    expect(verdict(history, all)).toEqual([]);
  });

  it('a verdict on what a lagging server has shown', () => {
    const all = commits({ moment: 10, to: { a: 'a2' }, client: null });
    const sent = { ...request, lagged: { moment: 25, version: 1 } };
    const history = [operation(same, [20, 30], unchanged({ a: 'a0' }))];
    expect(verdict(history, all, { requests: [{ moment: 21, ...sent }] })).toEqual([]);
    expect(verdict(history, all, { requests: [{ moment: 19, ...sent }] })).toContain(
      'untrue verdict',
    );
  });
});

describe('The version chain shows that', () => {
  const first = commits({ moment: 10, to: { a: 'a1' } });
  const setOk = operation(setA, [5, 15], written(2, first));

  it.each<readonly [string, ViolationKind, readonly Operation[], readonly Commit[]]>([
    [
      'a version was left out',
      'version gap',
      [setOk],
      commits({ moment: 10, version: 3, to: { a: 'a1' } }),
    ],
    [
      'an attribute got lost',
      'lost update',
      [setOk],
      commits({ moment: 10, to: {}, content: { a: 'a1', log: '' } }),
    ],
    [
      'an entry got lost',
      'lost update',
      [operation(append, [5, 15], unknown), operation(appendMore, [5, 25], unknown)],
      commits({ moment: 10, to: { log: '[1]' } }, { moment: 20, to: { log: '[2]' } }),
    ],
    [
      'a value came back that had been replaced',
      'value came back',
      [setOk],
      commits(
        { moment: 10, to: { a: 'a1' } },
        { moment: 20, to: { a: 'outside' }, client: null },
        { moment: 30, to: { a: 'a1' } },
      ),
    ],
    [
      'the first value came back',
      'value came back',
      [setOk],
      commits({ moment: 10, to: { a: 'a1' } }, { moment: 20, to: { a: 'a0' } }),
    ],
    [
      'an entry was appended twice',
      'applied twice',
      [operation(append, [5, 25], unknown)],
      commits({ moment: 10, to: { log: '[1]' } }, { moment: 20, to: { log: '[1][1]' } }),
    ],
    ['nobody wrote a value', "nobody's value", [], first],
    [
      'something was written that nobody can have wanted',
      "nobody's write",
      [operation(swap, [1, 15], unknown)],
      commits({ moment: 10, to: {} }),
    ],
    [
      'an update went through the store of another client',
      "another client's token",
      [setOk],
      commits({ moment: 10, to: { a: 'a1' }, client: 'them' }),
    ],
    [
      'an operation took effect before it was invoked',
      'took effect out of its time',
      [operation(setA, [11, 15], unknown)],
      first,
    ],
    [
      'an operation took effect after it was reported',
      'took effect out of its time',
      [operation(setA, [5, 9], written(2, first))],
      first,
    ],
    [
      'what failed took effect',
      'took effect against its answer',
      [operation(setA, [5, 15], failed)],
      first,
    ],
    [
      'what was refused took effect',
      'took effect against its answer',
      [operation(swap, [1, 15], { kind: 'refused', found: 'a0' })],
      commits({ moment: 10, to: { a: 'a4' } }),
    ],
    [
      'half of a set was left out',
      'took effect in part or against its condition',
      [operation(setBoth, [5, 15], unknown)],
      commits({ moment: 10, to: { a: 'a3' } }),
    ],
    ['a set was reported and not made', 'took no effect', [setOk], commits()],
    [
      'an entry was reported and not made',
      'took no effect',
      [operation(append, [1, 15], written(2, first)), setOk],
      first,
    ],
    [
      'a set got lost to another client',
      'took no effect',
      [setOk, operation(setAAgain, [1, 15], written(2, first), 'them')],
      first,
    ],
    [
      'a value was swapped that was not the expected one',
      'took effect in part or against its condition',
      [operation(swap, [5, 15], unknown)],
      commits({ moment: 10, to: { a: 'a4' } }),
    ],
    [
      'a value was set where there was one',
      'took effect in part or against its condition',
      [operation(setC, [5, 25], unknown)],
      commits({ moment: 10, to: { c: 'c0' }, client: null }, { moment: 20, to: { c: 'c1' } }),
    ],
    [
      'one value was swapped twice, which a companion has hidden',
      'two winners',
      [
        operation(setA, [1, 15], written(2, first)),
        operation(swap, [2, 15], written(2, first)),
        operation({ ...swap, value: 'a5' }, [3, 15], written(2, first)),
        operation(setAAgain, [4, 15], written(2, first)),
      ],
      commits({ moment: 10, to: { a: 'a2' } }),
    ],
    [
      'a verdict was taken for a write',
      'took no effect',
      [setOk, operation(same, [1, 15], written(2, first))],
      first,
    ],
    [
      'a set was reported that nothing can have replaced',
      'took no effect',
      [
        operation(setAAgain, [1, 15], { kind: 'written', shows: { version: null, state: {} } }),
        operation({ ...swap, expected: 'a0' }, [2, 15], unknown),
      ],
      commits({ moment: 10, to: { a: 'a4' } }),
    ],
    [
      'a verdict was no longer true when its caller came',
      'untrue verdict',
      [setOk, operation(same, [11, 15], unchanged({ a: 'a0' }))],
      first,
    ],
    [
      'a refusal was not true yet when its caller was told',
      'untrue verdict',
      [setOk, operation(same, [1, 9], { kind: 'refused', found: 'a1' })],
      first,
    ],
    [
      'a refusal was none',
      'untrue verdict',
      [operation(same, [1, 9], { kind: 'refused', found: 'a0' })],
      commits(),
    ],
    [
      'a result shows a state that never was',
      'untrue result',
      [operation(setA, [5, 15], { kind: 'written', shows: { version: 2, state: initial } })],
      first,
    ],
    [
      'a result shows the state of before',
      'untrue result',
      [operation(setA, [5, 15], written(1, first))],
      first,
    ],
  ])('%s', (_, kind, history, all) => {
    expect(verdict(history, all)).toContain(kind);
  });

  it('a client came back before the time that it was asked to wait', () => {
    const closures = [{ moment: 6, client: 'us', untilMs: 100 }];
    expect(
      verdict([setOk], first, { requests: [{ ...request, moment: 8, atMs: 99 }], closures }),
    ).toEqual(['came back too early']);
    expect(
      verdict([setOk], first, { requests: [{ ...request, moment: 8, atMs: 100 }], closures }),
    ).toEqual([]);
  });

  it('something ran on when its caller had been answered', () => {
    const requests = [{ ...request, moment: 16 }];
    expect(verdict([setOk], first, { requests })).toEqual(['request without a caller']);
  });
});

describe('The search', () => {
  const state = { version: null, state: {} };
  const ok: Outcome = { kind: 'written', shows: state };
  const setBy = (call: Call, from: number, to: number, outcome: Outcome = ok) =>
    operation(call, [from, to], outcome);

  it.each<readonly [string, readonly Operation[], Content]>([
    ['nothing', [], {}],
    ['overlapping sets in either order', [setBy(setA, 1, 9), setBy(setAAgain, 2, 8)], { a: 'a1' }],
    ['overlapping sets in either order', [setBy(setA, 1, 9), setBy(setAAgain, 2, 8)], { a: 'a2' }],
    ['an unknown set after all', [setBy(setA, 1, 2, unknown), setBy(setAAgain, 5, 6)], { a: 'a1' }],
    ['an unknown set that never was', [setBy(setA, 1, 2, unknown)], {}],
    ['a failed set that never was', [setBy(setA, 1, 2, failed)], {}],
    [
      'a swap of what an unknown set brought',
      [setBy(setA, 1, 2, unknown), setBy(swap, 5, 6)],
      { a: 'a4' },
    ],
    [
      'a verdict between two sets',
      [setBy(setA, 3, 4), setBy(same, 1, 9, unchanged({ a: 'a0' }))],
      { a: 'a1' },
    ],
  ])('explains %s', (_, history, final) => {
    expect(isLinearizable(history, initial, { ...initial, ...final })).toBe(true);
  });

  it.each<readonly [string, readonly Operation[], Content]>([
    ['a lost set', [setBy(setA, 1, 2)], {}],
    ['a set that comes back', [setBy(setA, 1, 2), setBy(setAAgain, 3, 4)], { a: 'a1' }],
    [
      'an unknown set from before its time',
      [setBy(same, 1, 2, { kind: 'refused', found: 'a1' }), setBy(setA, 3, 4, unknown)],
      { a: 'a1' },
    ],
    ['a failed set that was', [setBy(setA, 1, 2, failed)], { a: 'a1' }],
    ['one append that was two', [setBy(append, 1, 2, unknown)], { log: '[1][1]' }],
    [
      'a stale verdict',
      [setBy(setA, 1, 2), setBy(same, 3, 4, unchanged({ a: 'a0' }))],
      { a: 'a1' },
    ],
    ['a swap of what was not there', [setBy(swap, 1, 2)], { a: 'a4' }],
    [
      'two swaps of one value',
      [setBy(setA, 1, 2), setBy(swap, 3, 9), setBy({ ...swap, value: 'a5' }, 3, 9)],
      { a: 'a5' },
    ],
  ])('does not explain %s', (_, history, final) => {
    expect(isLinearizable(history, initial, { ...initial, ...final })).toBe(false);
  });
});
