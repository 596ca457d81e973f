/** A decimal number, exactly: so many units of ten to the power of minus `places`. */
export interface Decimal {
  readonly units: bigint;
  readonly places: number;
}

/** As people and programs write numbers; the exponent of a program's number has three digits at most. */
const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d{1,3}))?$/i;

/** The number that a text is, with blanks around it or without; `undefined` where it is none. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text.trim());
  if (!match) return undefined;
  const [, sign = '', whole = '', afterWhole = '', alone = '', exponent = '0'] = match;
  const fraction = afterWhole + alone;
  const units = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const places = fraction.length - Number(exponent);
  return places < 0 ? { units: scaled(units, -places), places: 0 } : { units, places };
}

export function sum(one: Decimal, other: Decimal): Decimal {
  const places = Math.max(one.places, other.places);
  const units = scaled(one.units, places - one.places) + scaled(other.units, places - other.places);
  return { units, places };
}

/** The shortest text of a number, without an exponent. */
export function decimalText({ units, places }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = withoutTrailingZeros(digits.slice(digits.length - places));
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function scaled(units: bigint, places: number): bigint {
  return units * 10n ** BigInt(places);
}

/** Not by a regular expression, which takes its time over many zeros that end in another digit. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
