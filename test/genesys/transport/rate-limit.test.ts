import { describe, expect, it } from '@jest/globals';

import { rateLimitOf } from '../../../genesys/transport/rate-limit';

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

  it.each(['2.5', '"2.5"', '2.5s', '2500 ms'])('have seconds in many forms: %s', (text) => {
    expect(rateLimitOf(() => text)).toMatchObject({ resetMs: 2500 });
  });

  it.each(['1.5', '9'.repeat(13)])('have whole numbers of requests: %s', (text) => {
    expect(rateLimitOf(() => text)).toMatchObject({ count: undefined, allowed: undefined });
  });

  it.each(['', ' ', '-1', '1e3', '0x10', 'many', '1, 2', 'NaN', 'Infinity'])(
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
