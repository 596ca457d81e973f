import { describe, expect, it } from '@jest/globals';

import type { UpdateErrorReason } from '../../../core';
import { ending, type WriteSoFar } from '../../../core/update/ending';

const open: WriteSoFar = { fate: 'open', accepted: false };
const accepted: WriteSoFar = { fate: 'open', accepted: true };
const seen: WriteSoFar = { fate: 'seen', accepted: false };
const seenInPart: WriteSoFar = { fate: 'seenInPart', accepted: false };
const unknowable: WriteSoFar = { fate: 'unknowable', accepted: false };

describe('An update that has nothing left to write', () => {
  it.each<[string, WriteSoFar[], string]>([
    ['is unchanged where it has written nothing', [], 'unchanged'],
    ['is written where a write of its own was seen', [seen], 'written'],
    ['is written where a part was seen, and the rest is as wanted now', [seenInPart], 'written'],
    ['is indeterminate while a write of its own is open', [open], 'indeterminate'],
    [
      'is indeterminate where a write of its own is unknowable',
      [seen, unknowable],
      'indeterminate',
    ],
  ])('%s', (_, writes, expected) => {
    const end = ending('done', writes);
    expect(end.kind === 'success' ? end.outcome : end.reason).toBe(expected);
  });
});

describe('An update that stops', () => {
  const anyReason: UpdateErrorReason[] = [
    'attempts',
    'deadline',
    'throttled',
    'cancelled',
    'permanent',
    'refused',
  ];

  it.each(anyReason)('because of "%s" says so where it has written nothing', (reason) => {
    expect(ending(reason, [])).toEqual({
      kind: 'failure',
      reason,
      accepted: false,
      written: false,
    });
  });

  it.each(anyReason)(
    'because of "%s" is indeterminate while a write of its own is open',
    (reason) => {
      for (const write of [open, unknowable, seenInPart]) {
        expect(ending(reason, [write])).toMatchObject({ reason: 'indeterminate', written: false });
      }
    },
  );

  it.each<[string, UpdateErrorReason, WriteSoFar[], UpdateErrorReason, boolean, boolean]>([
    [
      'at its deadline says "accepted, not yet seen"',
      'deadline',
      [accepted],
      'deadline',
      true,
      false,
    ],
    [
      'at its deadline says so even where an earlier write is unknowable',
      'deadline',
      [unknowable, accepted],
      'deadline',
      true,
      false,
    ],
    [
      'because it is cancelled does not know what becomes of what was accepted',
      'cancelled',
      [accepted],
      'indeterminate',
      true,
      false,
    ],
    [
      'because it is cancelled after it had surely written is not "cancelled", which means that nothing was',
      'cancelled',
      [seen],
      'indeterminate',
      false,
      true,
    ],
    [
      'without attempts left after it had surely written tells both',
      'attempts',
      [seen],
      'attempts',
      false,
      true,
    ],
    [
      'after only a part of a write was seen has not surely written',
      'attempts',
      [seen, seenInPart],
      'indeterminate',
      false,
      false,
    ],
  ])('%s', (_, reason, writes, expected, isAccepted, isWritten) => {
    expect(ending(reason, writes)).toEqual({
      kind: 'failure',
      reason: expected,
      accepted: isAccepted,
      written: isWritten,
    });
  });

  it('says nothing of "accepted, not yet seen" where what was accepted was seen', () => {
    expect(ending('deadline', [{ fate: 'seen', accepted: true }])).toMatchObject({
      reason: 'deadline',
      accepted: false,
    });
  });
});
