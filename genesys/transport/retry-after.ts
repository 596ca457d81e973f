/** A server that asks for more than an hour is mistaken, and must not lock a client out for good. */
export const LONGEST_WAIT_MS = 3_600_000;

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(s|secs?|seconds?)?$/i, 1000],
  [/^(ms|msecs?|milliseconds?)$/i, 1],
  [/^(m|mins?|minutes?)$/i, 60_000],
  [/^(h|hours?)$/i, 3_600_000],
  [/^(d|days?)$/i, 86_400_000],
];

const DATES = [
  /^([A-Z][a-z]+, )?\d{1,2}[ -][A-Z][a-z]{2}[ -](\d{2}|\d{4}) \d{2}:\d{2}:\d{2} (GMT|UTC|[+-]\d{4})$/,
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
];
const DATES_WITHOUT_ZONE = [
  /^([A-Z][a-z]+, )?\d{1,2}[ -][A-Z][a-z]{2}[ -](\d{2}|\d{4}) \d{2}:\d{2}:\d{2}$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** As many digits as the seconds since 1970 have until the year 2286. */
const SECONDS_SINCE_1970 = /^[1-9]\d{9}$/;

/**
 * How many ms a Retry-After header asks to wait, in either form, seconds or a date, and in those that
 * servers make of them. A date is measured against the server's own `Date` header where there is one,
 * so that a clock that is off does no harm; one in the past means 0.
 *
 * @returns `undefined` for a header that is missing or cannot be understood.
 * @see RFC 9110, sections 10.2.3 (Retry-After) and 5.6.7 (the three forms of a date)
 */
export function parseRetryAfter(
  retryAfter: string | undefined,
  date: string | undefined,
  now: () => number = Date.now,
): number | undefined {
  const value = unquoted(retryAfter ?? '');
  const until = SECONDS_SINCE_1970.test(value) ? Number(value) * 1000 : parseDate(value);
  if (until !== undefined) return Math.max(0, until - (parseDate(date?.trim() ?? '') ?? now()));
  // Two servers in a row have each added theirs: none of them is to be disappointed.
  const delays = value.split(',').map(parseDelay);
  return delays.includes(undefined) ? undefined : Math.max(...delays.map((ms) => ms ?? 0));
}

/** How many ms a text such as `2`, `2.5`, `"2"` or `2 seconds` stands for; `undefined` for none of these. */
export function parseDelay(text: string | undefined): number | undefined {
  const [, digits = '', unit = ''] =
    /^(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)$/i.exec(unquoted(text ?? '')) ?? [];
  const [, unitMs] = UNITS.find(([names]) => names.test(unit)) ?? [];
  if (digits === '' || unitMs === undefined) return undefined;
  return Math.min(Number(digits) * unitMs, Number.MAX_SAFE_INTEGER);
}

/** How many ms a message asks to wait, such as "Retry the request in [3] seconds". */
export function delayInWords(message: string): number | undefined {
  const [, digits, unit] =
    /\b(?:retry|try again|wait)\b[^.\d]{0,80}?\[?(\d+(?:\.\d+)?)\]?\s*([a-z]+)/i.exec(message) ??
    [];
  return digits === undefined ? undefined : parseDelay(`${digits}${unit ?? ''}`);
}

function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim();
}

function parseDate(text: string): number | undefined {
  let ms = NaN;
  if (DATES.some((form) => form.test(text))) ms = Date.parse(text);
  else if (DATES_WITHOUT_ZONE.some((form) => form.test(text))) ms = Date.parse(`${text} GMT`);
  return Number.isNaN(ms) ? undefined : ms;
}
