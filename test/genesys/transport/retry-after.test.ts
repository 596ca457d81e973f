import { describe, expect, it } from '@jest/globals';

import { parseRetryAfter } from '../../../genesys/transport/retry-after';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
const parse = (retryAfter: string | undefined, date?: string) =>
  parseRetryAfter(retryAfter, date, () => NOW);

describe('a Retry-After header', () => {
  it.each([
    ['0', 0],
    ['1', 1000],
    ['120', 120_000],
    ['007', 7000],
    ['  5 ', 5000],
    ['86400', 86_400_000],
  ])('of seconds, %j, asks for %i ms', (header, ms) => {
    expect(parse(header)).toBe(ms);
  });

  it.each([
    ['2.5', 2500],
    ['.5', 500],
    ['2.', 2000],
    ['"2"', 2000],
    ["'2'", 2000],
    ['" 2 "', 2000],
    ['2s', 2000],
    ['2 S', 2000],
    ['2 sec', 2000],
    ['2 seconds', 2000],
    ['1 second', 1000],
    ['250ms', 250],
    ['250 milliseconds', 250],
    ['2m', 120_000],
    ['1 minute', 60_000],
    ['1h', 3_600_000],
    ['2 days', 172_800_000],
    ['5, 10', 10_000],
    ['10,5s', 10_000],
  ])('of seconds in a form that others know, %j, asks for %i ms', (header, ms) => {
    expect(parse(header)).toBe(ms);
  });

  it.each([
    '01 Mar 2026 12:00:30 GMT',
    'Sun, 1 Mar 2026 12:00:30 GMT',
    'Sun, 01 Mar 2026 12:00:30',
    'Sun, 01 Mar 2026 12:00:30 UTC',
    'Sun, 01 Mar 2026 13:00:30 +0100',
    '"Sun, 01 Mar 2026 12:00:30 GMT"',
    '2026-03-01T12:00:30Z',
    '2026-03-01T12:00:30.000Z',
    '2026-03-01T13:00:30+01:00',
    String(NOW / 1000 + 30),
  ])('may be a date in a form that is none of the three: %s', (header) => {
    expect(parse(header)).toBe(30_000);
  });

  it.each([
    ['the preferred form', 'Sun, 01 Mar 2026 12:00:30 GMT'],
    ['the obsolete form of RFC 850', 'Sunday, 01-Mar-26 12:00:30 GMT'],
    ['the obsolete form of asctime', 'Sun Mar  1 12:00:30 2026'],
  ])('may be a date in %s', (_, header) => {
    expect(parse(header)).toBe(30_000);
  });

  it('takes an asctime date with two digits for the day', () => {
    expect(parse('Sun Mar 15 12:00:00 2026')).toBe(14 * 86_400_000);
  });

  it('is measured against the Date header of the server, whatever our clock says', () => {
    const hourAhead = 'Sun, 01 Mar 2026 13:00:00 GMT';
    expect(parse('Sun, 01 Mar 2026 13:00:07 GMT', hourAhead)).toBe(7000);
    expect(parse('Sun, 01 Mar 2026 13:00:07 GMT', 'Sun Mar  1 13:00:00 2026')).toBe(7000);
    expect(parse('Thu, 01 Jan 1998 00:00:09 GMT', 'Thursday, 01-Jan-98 00:00:00 GMT')).toBe(9000);
  });

  it('is measured against our clock where the Date header makes no sense', () => {
    expect(parse('Sun, 01 Mar 2026 12:00:30 GMT', 'noon')).toBe(30_000);
    expect(parse('Sun, 01 Mar 2026 12:00:30 GMT', '')).toBe(30_000);
  });

  it('of seconds does not depend on any clock', () => {
    expect(parse('3', 'Thu, 01 Jan 1998 00:00:00 GMT')).toBe(3000);
  });

  it('with a date in the past asks for no wait', () => {
    expect(parse('Sun, 01 Mar 2026 11:59:59 GMT')).toBe(0);
    expect(parse('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(0);
    expect(parse('Sun, 01 Mar 2026 12:00:30 GMT', 'Sun, 01 Mar 2026 12:00:31 GMT')).toBe(0);
  });

  it('may be measured against the clock of the machine', () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    const ms = parseRetryAfter(inAMinute, undefined);
    expect(ms).toBeGreaterThan(57_000);
    expect(ms).toBeLessThanOrEqual(60_000);
  });

  it.each([
    undefined,
    '',
    ' ',
    '-1',
    '+1',
    '1e3',
    '0x10',
    '1.2.3',
    '5 parsecs',
    '5, soon',
    'soon',
    '٣',
    'NaN',
    'Infinity',
    '2026-03-01',
    '"5',
    '12:00:30 GMT',
    'Sun, 01 Mar 2026 12:00:30 CET',
    'Sun, 99 Mar 2026 12:00:30 GMT',
    'Sun, 01 Mrz 2026 12:00:30 GMT',
    'Sun, 01 Mar 2026 25:00:30 GMT',
    'Sun Mar  1 12:00:30 2026 GMT',
    'xSun, 01 Mar 2026 12:00:30 GMT',
    'Sun, 01 Mar 2026 12:00:30 GMT; more',
  ])('%j is malformed and says nothing', (header) => {
    expect(parse(header)).toBeUndefined();
  });

  it.each(['99999999999', '9'.repeat(25), '9'.repeat(400)])(
    'as huge as %s stays a number to compute with',
    (header) => {
      const ms = parse(header) ?? NaN;
      expect(Number.isFinite(ms)).toBe(true);
      expect(ms).toBeGreaterThan(365 * 86_400_000);
    },
  );
});
