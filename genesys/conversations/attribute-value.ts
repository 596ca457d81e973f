/** A value in the second of the two shapes that the API shows. */
export interface Wrapped {
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
