import { Gap } from '../../parameters/gap';
import { InvalidParameter, unfit } from '../../parameters/invalid-parameter';
import { valueText } from '../../parameters/value-text';

/**
 * The name of one attribute, whatever blanks it has: it may be there already.
 *
 * @throws {InvalidParameter}
 */
export function parseAttributeName(parameter: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw unfit(parameter, value, 'is not the name of an attribute.');
}

/**
 * A value as an attribute may hold it: numbers, dates and true or false are turned into text.
 *
 * @throws {InvalidParameter}
 */
export function parseText(parameter: string, value: unknown): string {
  if (value instanceof Gap) throw unfit(parameter, value, '');
  const parsed = valueText(value);
  if ('text' in parsed) return parsed.text;
  throw new InvalidParameter(parameter, `It is ${parsed.what}.`, parsed.advice);
}
