import type { Json, JsonObject } from '../../../genesys/stores/json/json';
import { pointerTo } from '../../../genesys/stores/json/pointer';
import { quoted } from '../../../genesys/transport/excerpt';
import { Gap } from '../../parameters/gap';
import { InvalidParameter, unfilled, unfit } from '../../parameters/invalid-parameter';
import { type ObjectWords, parseObject } from '../../parameters/json-object';
import { isDateTime, valueText } from '../../parameters/value-text';

const WORDS: ObjectWords = {
  what: 'one JSON object such as { "description": "Night shift" }',
  noun: 'Field',
};

/**
 * A JSON object of any depth, as text or as an expression gives it. What is missing in it is refused:
 * only `null` says that something is to be nothing.
 *
 * @throws {InvalidParameter}
 */
export function parseJsonObject(parameter: string, value: unknown): JsonObject {
  const object = parseObject(parameter, value, WORDS);
  return Object.fromEntries(
    Object.entries(object).map(([name, member]) => [name, jsonOf(parameter, member, [name])]),
  );
}

function jsonOf(parameter: string, value: unknown, names: readonly string[]): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  const field = `Field ${quoted(pointerTo(names))}`;
  if (value instanceof Gap) {
    throw unfilled(parameter, value, `${field}: `);
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => jsonOf(parameter, item, [...names, String(index)]));
  }
  if (typeof value === 'object' && !(value instanceof Date) && !isDateTime(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        jsonOf(parameter, member, [...names, name]),
      ]),
    );
  }
  const parsed = valueText(value);
  if (!('text' in parsed)) {
    throw parsed.isMissing
      ? new InvalidParameter(
          parameter,
          `${field} has no value (undefined).`,
          'Check that the input item has it. To remove a field, give null.',
        )
      : new InvalidParameter(
          parameter,
          `${field} is ${parsed.what}.`,
          parsed.advice,
          `${field} is ${parsed.withoutValue ?? parsed.what}.`,
        );
  }
  if (typeof value === 'bigint')
    throw unfit(parameter, parsed.text, `is too large a number for ${field}.`);
  // A number stays one; times become text.
  return typeof value === 'number' ? value : parsed.text;
}
