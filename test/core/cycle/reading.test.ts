import { describe, expect, it } from '@jest/globals';

import { isFreshFor, layOver } from '../../../core/cycle/reading';

describe('What a server showed', () => {
  const log = { noteRead: () => new Map([['a', 'accepted']]) };
  const read = (version: number | null) =>
    layOver(
      {
        snapshot: { parts: new Map([['a', 'shown']]), version, raw: null },
        source: 'read',
        sentAt: 0,
        answeredAt: 0,
      },
      log,
    );

  it('has what was accepted before laid over, where there is no version', () => {
    const { shown, snapshot } = read(null);
    expect([snapshot.parts.get('a'), shown.get('a')]).toEqual(['accepted', 'shown']);
  });

  it('stays as it is under a version, whatever was accepted in another way', () => {
    const { shown, snapshot } = read(5);
    expect([snapshot.parts.get('a'), shown.get('a')]).toEqual(['shown', 'shown']);
  });

  it.each([
    ['that was sent after it was asked for', 'read', 10, true],
    ['that was sent before it was asked for', 'read', 9, false],
    ['that is the receipt of a write', 'receipt', 10, false],
    ['that came with a conflict', 'conflict', 10, false],
  ] as const)('is fresh for an update by a snapshot %s: %j, %j, %j', (_, source, sentAt, fresh) => {
    expect(isFreshFor({ calledAt: 10 }, { source, sentAt })).toBe(fresh);
  });
});
