import { describe, expect, it } from '@jest/globals';

import { KindLimits, kindOf } from '../../../genesys/limits/kind-limits';
import { Limits } from '../../../genesys/limits/limits';
import { genesysErrorThrownBy } from '../transport/errors';
import { ManualClock } from './manual-clock';

const READ = 'GET /one';
const WRITE = 'PUT /one';
const nothing = { count: undefined, allowed: undefined, resetMs: undefined };

function setUp(requestsPerMinute = 300) {
  const clock = new ManualClock();
  const limits = new Limits(requestsPerMinute, clock);
  const kinds = new KindLimits(limits, clock);
  const send = (kind: string, allowed?: number, isSuccess = true) => {
    kinds.check(kind);
    const answered = kinds.send(kind);
    kinds.heed(kind, { ...nothing, allowed }, isSuccess);
    answered();
  };
  return { clock, limits, kinds, send };
}

describe('what replies tell of limits', () => {
  it('counts for one kind as long as no other has told', () => {
    const { kinds, send } = setUp();
    send(READ, 1);
    const { details } = genesysErrorThrownBy(() => {
      kinds.check(READ);
    });
    expect(details).toEqual({
      kind: 'throttled',
      sent: false,
      retryAfterMs: 60_000,
      isOwnCount: true,
    });
    kinds.check(WRITE);
    expect(kinds.smallerLimit).toBeUndefined();
  });

  it('counts for all as soon as another tells the same', () => {
    const { kinds, send } = setUp();
    send(READ, 20);
    send(WRITE, 20);
    expect(kinds.smallerLimit).toEqual({ requests: 20, kind: WRITE });
  });

  it('is that of the credential where that is smaller', () => {
    const { kinds, send } = setUp(10);
    send(READ, 20);
    send(WRITE, 20);
    expect(kinds.smallerLimit).toBeUndefined();
  });

  it('counts for all no longer when another kind tells of more, or of nothing', () => {
    for (const other of [300, undefined]) {
      const { kinds, send } = setUp();
      send(READ, 20);
      send(WRITE, 20);
      send('PATCH /one', other);
      expect(kinds.smallerLimit).toBeUndefined();
    }
  });

  it('is not taken back by a reply of somebody else that tells of nothing', () => {
    const { kinds, send } = setUp();
    send(READ, 20);
    send(WRITE, 20);
    send('PATCH /one', undefined, false);
    send(READ);
    expect(kinds.smallerLimit).toMatchObject({ requests: 20 });
  });

  it('makes room for the next after a minute', () => {
    const { clock, send } = setUp();
    send(READ, 2);
    clock.advance(10_000);
    send(READ, 2);
    expect(
      genesysErrorThrownBy(() => {
        send(READ, 2);
      }).details.retryAfterMs,
    ).toBe(50_000);
    clock.advance(50_000);
    send(READ, 2);
  });

  it('lets one request go where it allows none, to find out', () => {
    const { clock, send } = setUp();
    send(READ, 0);
    clock.advance(60_000);
    send(READ, 0);
  });

  it('that is used up holds back that kind, and the others only where it is for all', () => {
    const { clock, kinds, limits } = setUp();
    const full = { count: 20, allowed: 20, resetMs: 5000 };
    kinds.heed(READ, full, true);
    expect(limits.closed()).toBeUndefined();
    expect(
      genesysErrorThrownBy(() => {
        kinds.check(READ);
      }).details.retryAfterMs,
    ).toBe(5000);
    clock.advance(5000);
    kinds.check(READ);
    kinds.heed(WRITE, full, true);
    expect(limits.closed()?.failure).toEqual({ kind: 'throttled', retryAfterMs: 5000 });
  });

  it('has whoever finds all of them on their way look again soon', () => {
    const { kinds } = setUp();
    kinds.heed(READ, { ...nothing, allowed: 1 }, true);
    kinds.send(READ);
    expect(
      genesysErrorThrownBy(() => {
        kinds.check(READ);
      }).details.retryAfterMs,
    ).toBe(1000);
  });
});

it('a kind of request is named without its IDs', () => {
  const id = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';
  expect(kindOf('GET', `/api/v2/conversations/${id}/participants/${id.toUpperCase()}`)).toBe(
    'GET /api/v2/conversations/{id}/participants/{id}',
  );
});
