import { types } from 'node:util';

import { unfit } from '../../parameters/invalid-parameter';
import { isDateTime } from '../../parameters/value-text';

const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/;

/**
 * A moment: as ISO text, as the panel gives it, or as an expression does (`$now.minus(1, 'hour')`). One
 * without a time zone is meant in that of the workflow.
 *
 * @throws {InvalidParameter}
 */
export function parseTime(parameter: string, value: unknown, timeZone: string): Date {
  const time = toTime(value, timeZone);
  if (time !== undefined && !Number.isNaN(time.getTime())) return time;
  throw unfit(
    parameter,
    value,
    'is no date and time.',
    'Give one such as 2026-03-01T12:00:00Z, or an expression such as {{ $now.minus(1, "day") }}.',
  );
}

function toTime(value: unknown, timeZone: string): Date | undefined {
  if (types.isDate(value)) return value;
  if (isDateTime(value)) return value.isValid ? new Date(value.toString()) : undefined;
  if (typeof value === 'number') return new Date(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  // What is no ISO text, Date.parse would take for something, or for another day elsewhere.
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  return WITHOUT_ZONE.test(text) ? inTimeZone(text.replace(' ', 'T'), timeZone) : new Date(text);
}

function inTimeZone(text: string, timeZone: string): Date {
  const asUtc = Date.parse(text.includes('T') ? `${text}Z` : `${text}T00:00:00Z`);
  if (Number.isNaN(asUtc)) return new Date(Number.NaN);
  const guess = asUtc - offsetMs(asUtc, timeZone);
  // Around a change of the clocks the offset there is another one.
  return new Date(asUtc - offsetMs(guess, timeZone));
}

/** By how much the clocks of a time zone are ahead at a moment. */
function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const [year = 0, month = 1, ...rest] = (
    ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  ).map((type) => Number(parts.find((part) => part.type === type)?.value));
  return Date.UTC(year, month - 1, ...rest) - Math.floor(at / 1000) * 1000;
}
