import { isUuid } from '../../../genesys/conversations/ids';
import { quoted } from '../../../genesys/transport/excerpt';
import { Gap } from '../../parameters/gap';
import { InvalidParameter, unfit } from '../../parameters/invalid-parameter';
import { parseObject } from '../../parameters/json-object';
import { valueText } from '../../parameters/value-text';
import { areRows, asRows, rowsOf } from './attributes';

const PARAMETER = 'Path Parameters';

const WORDS = { what: 'rows of a name and a value', noun: 'Parameter' };

/**
 * A path with its IDs.
 *
 * @param given rows, or an object as an expression gives it
 * @param otherIds those that may be something else than a UUID
 * @throws {InvalidParameter} for a name that has no value, or is not in the path
 */
export function fillIn(
  pattern: string,
  given: unknown,
  otherIds: readonly string[] | 'all',
): string {
  const values = parseParameters(given);
  const names = new Set([...pattern.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  const extra = [...values.keys()].find((name) => !names.has(name));
  if (extra !== undefined) {
    throw new InvalidParameter(
      PARAMETER,
      `${quoted(extra)} is not in the path ${pattern}.`,
      names.size > 0 ? `It has ${[...names].join(', ')}.` : 'It has no parameters.',
    );
  }
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (values.has(name)) {
      return segmentOf(name, values.get(name), otherIds === 'all' || otherIds.includes(name));
    }
    throw new InvalidParameter(
      PARAMETER,
      `${quoted(name)} is missing, which the path ${pattern} needs.`,
      'Add a row with this name.',
    );
  });
}

function parseParameters(given: unknown): ReadonlyMap<string, unknown> {
  const rows = areRows(given)
    ? rowsOf(PARAMETER, given)
    : asRows(parseObject(PARAMETER, given, WORDS));
  const values = new Map<string, unknown>();
  for (const { name, value } of rows) {
    if (typeof name !== 'string' || name.trim() === '') {
      throw unfit(PARAMETER, name, 'is no name.', 'Give each row the name of a parameter.');
    }
    if (values.has(name.trim())) {
      throw new InvalidParameter(PARAMETER, `${quoted(name)} is there twice.`, 'Remove one.');
    }
    values.set(name.trim(), value);
  }
  return values;
}

/** What a server might take for something else than a part of an ID; `%` where it decodes twice. */
const UNSAFE = /[%/\\\p{Cc}]|\.$/u;

function segmentOf(name: string, value: unknown, isOther: boolean): string {
  const parsed = value instanceof Gap ? value : valueText(value);
  if (parsed instanceof Gap) {
    throw new InvalidParameter(PARAMETER, `${quoted(name)}: ${parsed.complaint}`, parsed.advice);
  }
  if (!('text' in parsed)) {
    throw new InvalidParameter(PARAMETER, `${quoted(name)} is ${parsed.what}.`, parsed.advice);
  }
  const id = parsed.text.trim();
  if (id !== '' && (isOther ? !UNSAFE.test(id) : isUuid(id))) return encodeURIComponent(id);
  throw new InvalidParameter(
    PARAMETER,
    `${quoted(name)} is ${id === '' ? 'blank' : `${quoted(id)}, which is not an ID${isOther ? '' : ' such as 2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b'}`}.`,
    'If it comes from an expression, check that the expression gives one for this item.',
  );
}
