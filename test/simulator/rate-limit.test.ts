import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RateLimit } from '../../simulator/rate-limit';

describe('the rate limit', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('looks at any 60 seconds and does not count what it refuses', () => {
    const limit = new RateLimit(2);
    limit.take();
    jest.advanceTimersByTime(20_000);
    limit.take();
    jest.advanceTimersByTime(39_500);
    expect(limit.take()).toEqual({ granted: false, count: 2, allowed: 2, resetSeconds: 1 });
    jest.advanceTimersByTime(500);
    expect(limit.take()).toMatchObject({ granted: true, resetSeconds: 20 });
    expect(limit.take().granted).toBe(false);
    jest.advanceTimersByTime(20_000);
    expect(limit.take().granted).toBe(true);
  });
});
