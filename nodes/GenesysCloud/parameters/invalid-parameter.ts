/** A parameter that cannot be right. Found before any request is made. */
export class InvalidParameter extends Error {
  override readonly name = 'InvalidParameter';

  /**
   * @param parameter as the panel shows it, e.g. `Conversation ID`
   * @param complaint what is wrong and how to mend it, as whole sentences
   */
  constructor(
    readonly parameter: string,
    readonly complaint: string,
  ) {
    super(`"${parameter}": ${complaint}`);
  }
}

/** A value as a message may begin with it: short, and telling nothing from "nothing". */
export function shown(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (value === '') return 'An empty text';
  if (typeof value === 'function' || typeof value === 'symbol') return typeof value;
  const text = typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
