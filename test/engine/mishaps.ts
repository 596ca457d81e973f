import type { Fault } from '../../simulator';

/** What a write under a version is to get through, and how many conflicts it meets there. */
export const MISHAPS: readonly [name: string, faults: Fault[], conflicts: number][] = [
  ['three conflicts', [{ on: 'write', kind: 'conflict', times: 3 }], 3],
  [
    'a conflict without a word about versions',
    [{ on: 'write', kind: 'conflict', namesVersion: false }],
    1,
  ],
  ['a lost reply to a write that was applied', [{ on: 'write', kind: 'dropAfter' }], 0],
  ['a lost reply to a write that was not', [{ on: 'write', kind: 'dropBefore' }], 0],
  ['a 503', [{ on: 'write', kind: 'reply', status: 503 }], 0],
  [
    'somebody else just before it',
    [{ on: 'write', kind: 'foreignWrite', attributes: { other: 'x' } }],
    1,
  ],
  [
    'somebody else just after it',
    [{ on: 'write', kind: 'foreignWrite', attributes: { other: 'x' }, when: 'after' }],
    0,
  ],
];
