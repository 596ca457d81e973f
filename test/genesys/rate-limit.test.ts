import { describe, expect, it } from '@jest/globals';

import { rateLimitOf } from '../../genesys/rate-limit';

const nothing = { count: undefined, allowed: undefined, resetMs: undefined };

describe('the rate limit headers', () => {
  it('are read, the seconds as milliseconds', () => {
    const headers = new Map([
      ['inin-ratelimit-count', '299'],
      ['inin-ratelimit-allowed', ' 300 '],
      ['inin-ratelimit-reset', '7'],
    ]);
    expect(rateLimitOf((name) => headers.get(name))).toEqual({
      count: 299,
      allowed: 300,
      resetMs: 7000,
    });
  });

  it('may be missing', () => {
    expect(rateLimitOf(() => undefined)).toEqual(nothing);
  });

  it.each(['', ' ', '-1', '1.5', '1e3', '0x10', 'many', '1, 2', 'NaN', 'Infinity', '9'.repeat(13)])(
    'are ignored where they are malformed: "%s"',
    (text) => {
      expect(rateLimitOf(() => text)).toEqual(nothing);
    },
  );

  it('are read each for itself', () => {
    expect(rateLimitOf((name) => (name.endsWith('allowed') ? '0' : 'x'))).toEqual({
      ...nothing,
      allowed: 0,
    });
  });
});
