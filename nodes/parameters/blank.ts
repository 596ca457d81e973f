/** Whether a field was left empty: then nothing is meant by it. What an expression leaves out is no text at all. */
export function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}
