/** A value in the second of the two shapes that the API shows. */
interface Wrapped {
  readonly value: string;
}

export function isWrapped(value: unknown): value is Wrapped {
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    typeof value.value === 'string'
  );
}

/** The value of an attribute, whatever shape it came in. What is no text was set by another system. */
export function plainValue(value: unknown): unknown {
  return isWrapped(value) ? value.value : value;
}

/** Begins what stands for a value that is no text, so that it equals no text: its JSON follows. */
const NO_TEXT = '\u0000json ';

/** The text of a value as the API shows it. */
export function textOfValue(value: unknown): string {
  const plain = plainValue(value);
  if (typeof plain === 'string') return plain;
  return plain === null ? '' : NO_TEXT + JSON.stringify(plain);
}

/** The value that an attribute has, where its text may stand for another one. */
export function valueOf(text: string): unknown {
  return text.startsWith(NO_TEXT) ? JSON.parse(text.slice(NO_TEXT.length)) : text;
}

/** A value for people to read. */
export function readable(text: string): string {
  return text.startsWith(NO_TEXT) ? text.slice(NO_TEXT.length) : text;
}
