import { describe, expect, it } from '@jest/globals';

import { StoreError } from '../../../core';
import { Failures } from '../../../core/update/failures';

const passing = new StoreError('503', { kind: 'transient' });
const lasting = new StoreError('500', { kind: 'transient', lasting: true });

function having(...attempts: readonly StoreError[]) {
  const failures = new Failures();
  for (const attempt of attempts) failures.add(attempt);
  return failures;
}

describe('The failures of an update', () => {
  it.each<[string, readonly StoreError[], boolean]>([
    ['are lasting where the last two attempts say so', [passing, lasting, lasting], true],
    ['are not where only the last one does', [lasting, passing, lasting], false],
    ['are not where a later one may pass', [lasting, lasting, passing], false],
    ['are not where there was one alone', [lasting], false],
  ])('%s', (_, attempts, areLasting) => {
    expect(having(...attempts).areLasting).toBe(areLasting);
  });

  it('do not count an attempt that was cut short with the update itself', () => {
    const failures = having(lasting, passing);
    failures.dropLatest();
    expect(failures.ofAttempts).toEqual([lasting]);
  });

  it('are told by the latest request, and as what they are where the execution was cancelled', () => {
    const failures = having();
    expect(failures.told('deadline')).toBe('No reply came in time.');
    failures.latest = passing;
    expect(failures.told('deadline')).toBe('503');
    expect(failures.told('cancelled')).toBe('The execution was cancelled.');
  });
});
