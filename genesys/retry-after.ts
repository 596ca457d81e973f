const DELAY_SECONDS = /^\d+$/;
const HTTP_DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
];
const ASCTIME_DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * How many ms a Retry-After header asks to wait, in either form: seconds or a date. A date is
 * measured against the server's own `Date` header where there is one, so that a clock that is off
 * does no harm; one in the past means 0.
 *
 * @returns `undefined` for a header that is missing or malformed.
 * @see RFC 9110, sections 10.2.3 (Retry-After) and 5.6.7 (the three forms of a date)
 */
export function parseRetryAfter(
  retryAfter: string | undefined,
  date: string | undefined,
  now: () => number = Date.now,
): number | undefined {
  const value = retryAfter?.trim() ?? '';
  if (DELAY_SECONDS.test(value)) return Math.min(Number(value) * 1000, Number.MAX_SAFE_INTEGER);
  const until = parseHttpDate(value);
  if (until === undefined) return undefined;
  return Math.max(0, until - (parseHttpDate(date?.trim() ?? '') ?? now()));
}

function parseHttpDate(text: string): number | undefined {
  let ms = NaN;
  if (HTTP_DATES.some((form) => form.test(text))) ms = Date.parse(text);
  else if (ASCTIME_DATE.test(text)) ms = Date.parse(`${text} GMT`);
  return Number.isNaN(ms) ? undefined : ms;
}
