import { describe, expect, it } from '@jest/globals';

import { StoreError, UpdateError } from '../../core';

const story = { attempts: 1, conflicts: 1, waitedMs: 0, elapsedMs: 40 };
const failure = new StoreError('409', { kind: 'conflict', namesVersion: true });

describe('Errors of the core', () => {
  it('have a name in logs and stacks', () => {
    expect(String(failure)).toBe('StoreError: 409');
    const error = new UpdateError('not written', 'attempts', story, undefined);
    expect(String(error)).toBe('UpdateError: not written');
  });

  it('have what the store reported last as their cause', () => {
    const error = new UpdateError('not written', 'attempts', story, failure);
    expect(error.cause).toBe(failure);
    expect(new UpdateError('', 'attempts', story, undefined)).not.toHaveProperty('cause');
  });

  it('have no failures and no writes where nothing is known of any', () => {
    expect(new UpdateError('', 'attempts', story, undefined)).toMatchObject({
      accepted: false,
      written: false,
      stands: undefined,
      failures: [],
    });
  });

  it('tell all that is known', () => {
    const known = { accepted: true, written: true, stands: new Map(), failures: [failure] };
    expect(new UpdateError('', 'attempts', story, failure, known)).toMatchObject(known);
  });
});
