import { type Decimal, parseDecimal } from '../../../genesys/stores/decimal';
import { Gap } from '../../parameters/gap';
import { InvalidParameter, unfit } from '../../parameters/invalid-parameter';
import { valueText } from '../../parameters/value-text';

/** @throws {InvalidParameter} unless `value` is a number, as such or as a text. */
export function parseNumber(parameter: string, value: unknown): Decimal {
  const parsed = value instanceof Gap ? value : valueText(value);
  if (!('text' in parsed)) {
    throw parsed instanceof Gap
      ? unfit(parameter, value, '')
      : new InvalidParameter(parameter, `It is ${parsed.what}.`, parsed.advice);
  }
  const number = parseDecimal(parsed.text);
  if (number) return number;
  throw unfit(parameter, value, 'is no number.', 'Write decimals with a point, as in -0.5.');
}
