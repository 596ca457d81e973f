import { excerpt, quoted } from '../../genesys/transport/excerpt';

/** A value as a message may begin with it: short, and telling nothing from "nothing". */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value === '' ? 'An empty text' : quoted(value);
    case 'object':
      return excerpt(JSON.stringify(value));
    case 'function':
    case 'symbol':
      return typeof value;
    default:
      return String(value);
  }
}
