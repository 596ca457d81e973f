import type { INodeProperties } from 'n8n-workflow';
import * as z from 'zod/v4';

import type { Attributes } from '../../../genesys/stores/attribute-change';
import { quoted } from '../../../genesys/transport/excerpt';
import { inputMode, type MissingValues } from './choices';
import { Gap } from '../../parameters/gap';
import { InvalidParameter, unfilled, unfit } from '../../parameters/invalid-parameter';
import { parseObject } from '../../parameters/json-object';
import { isBlank } from '../../parameters/blank';
import { valueText } from '../../parameters/value-text';

/** The fields that say which attributes to set. */
export const attributesProperties: readonly INodeProperties[] = [
  inputMode.property,
  {
    displayName: 'Attributes to Set',
    name: 'attributes',
    type: 'assignmentCollection',
    typeOptions: { assignment: { hideType: true, disableType: true, defaultType: 'string' } },
    default: {},
    description:
      'All other attributes stay as they are. Values are text: numbers, dates and true or false are turned into it. A value on Fixed stays as it is, with any {{ }} in it.',
    displayOptions: { show: { inputMode: ['fields'] } },
  },
  {
    displayName: 'Attributes to Set (JSON)',
    name: 'attributesJson',
    type: 'json',
    default: '{}',
    placeholder: 'e.g. { "priority": "high", "lang": "de" }',
    description:
      'One flat JSON object. All other attributes stay as they are. Values are text: numbers, dates and true or false are turned into it.',
    displayOptions: { show: { inputMode: ['json'] } },
  },
];

/** The field that says which attributes to remove. */
export const attributeNamesProperty: INodeProperties = {
  displayName: 'Attributes to Remove',
  name: 'attributeNames',
  type: 'string',
  typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Name' },
  default: [],
  placeholder: 'e.g. callback_number',
  description:
    'Their names. An expression may give an array, or text with commas in between. Where Genesys Cloud cannot remove an attribute, it is set to an empty text.',
};

const PARAMETER = { fields: 'Attributes to Set', json: 'Attributes to Set (JSON)' };

const row = z.looseObject({ name: z.unknown(), value: z.unknown() });
const rowsOnly = z.looseObject({ assignments: z.array(row) });
const assignments = z.looseObject({
  assignments: z
    .array(row)
    .nullish()
    .transform((rows) => rows ?? []),
});

/** Attributes with their values, and how many are left alone because these are missing. */
export interface Given {
  readonly attributes: Attributes;
  readonly skipped: number;
}

/**
 * The rows of the panel.
 *
 * @throws {InvalidParameter}
 */
export function parseFields(value: unknown, missingValues: MissingValues): Given {
  const rows = rowsOf(PARAMETER.fields, value);
  return parseRows(PARAMETER.fields, rows, parseNameToSet, missingValues);
}

/**
 * A JSON object, as text or as an expression gives it.
 *
 * @throws {InvalidParameter}
 */
export function parseJson(value: unknown, missingValues: MissingValues): Given {
  const rows = asRows(parseObject(PARAMETER.json, value));
  return parseRows(PARAMETER.json, rows, parseNameToSet, missingValues);
}

/**
 * What attributes must be already, in rows or as a JSON object: whatever they are called, it is right.
 * A value that is missing is refused, for it would silently become "is missing".
 *
 * @throws {InvalidParameter}
 */
export function parseExpected(parameter: string, value: unknown): Attributes {
  const rows = areRows(value) ? rowsOf(parameter, value) : asRows(parseObject(parameter, value));
  return parseRows(parameter, rows, parseName).attributes;
}

/**
 * Names in rows, in an array that an expression gives, or in text with commas between them. Where one
 * is left blank, none is meant.
 *
 * @throws {InvalidParameter}
 */
export function parseNames(parameter: string, value: unknown): ReadonlySet<string> {
  const names = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value;
  if (!Array.isArray(names)) {
    throw unfit(
      parameter,
      value,
      'is no list of names.',
      'Give rows, an array, or text with commas in between.',
    );
  }
  const given = names.filter((name: unknown) => !isBlank(name));
  return new Set(given.map((name: unknown) => parseName(parameter, name)));
}

/** One of the rows of the panel, unchecked. */
type Row = Readonly<z.infer<typeof row>>;

/** The members of a JSON object, as rows. */
export function asRows(object: object): readonly Row[] {
  return Object.entries(object).map(([name, value]: [string, unknown]) => ({ name, value }));
}

/** Whether a value is what the panel makes of rows. */
export function areRows(value: unknown): boolean {
  return rowsOnly.safeParse(value).success;
}

/** @throws {InvalidParameter} */
export function rowsOf(parameter: string, value: unknown): readonly Row[] {
  const parsed = assignments.safeParse(value ?? {});
  if (!parsed.success) {
    throw new InvalidParameter(parameter, 'It must be rows of a name and a value.');
  }
  return parsed.data.assignments;
}

function parseRows(
  parameter: string,
  rows: readonly Row[],
  nameOf: (parameter: string, name: unknown) => string,
  missingValues?: MissingValues,
): Given {
  const attributes = new Map<string, string>();
  const skipped = new Set<string>();
  for (const given of rows) {
    const name = nameOf(parameter, given.name);
    if (attributes.has(name) || skipped.has(name)) {
      throw new InvalidParameter(
        parameter,
        `Attribute ${quoted(name)} is there twice.`,
        'Remove one of the rows.',
      );
    }
    const value = parseValue(parameter, name, given.value, missingValues);
    if (value === undefined) skipped.add(name);
    else attributes.set(name, value);
  }
  return { attributes, skipped: skipped.size };
}

/** A new name with a blank at an end is never meant: it would stand beside the one without. */
export function parseNameToSet(parameter: string, value: unknown): string {
  const name = parseName(parameter, value);
  if (name.trim() === name) return name;
  throw new InvalidParameter(
    parameter,
    `The name ${quoted(name)} begins or ends with a blank.`,
    'Remove it: with it, it is the name of another attribute.',
  );
}

function parseName(parameter: string, name: unknown): string {
  if (typeof name === 'string' && name.trim() !== '') return name;
  if (typeof name === 'string' || name === undefined || name === null) {
    throw new InvalidParameter(
      parameter,
      'An attribute has no name.',
      'Give it one, or remove it.',
    );
  }
  throw unfit(parameter, name, 'is no name for an attribute.', 'Names are text.');
}

const CHECK_THE_FIELD =
  'If it comes from an expression such as {{ $json.field }}, check that the input item has that field.';
const MAY_BE_MISSING =
  'Where it may be missing, choose Skip or Empty in the option "Missing Values".';

/**
 * @param missingValues what the user has chosen; none where there is no such option
 * @returns `undefined` for what is missing and is to be left alone
 */
export function parseValue(
  parameter: string,
  name: string,
  value: unknown,
  missingValues?: MissingValues,
): string | undefined {
  const parsed = value instanceof Gap ? value : valueText(value);
  if ('text' in parsed) return parsed.text;
  if (parsed.isMissing && missingValues === 'skip') return undefined;
  if (parsed.isMissing && missingValues === 'empty') {
    return parsed instanceof Gap ? parsed.filled : '';
  }
  const attribute = `Attribute ${quoted(name)}`;
  if (parsed instanceof Gap) {
    throw unfilled(parameter, parsed, `${attribute}: `);
  }
  throw parsed.isMissing
    ? new InvalidParameter(
        parameter,
        `${attribute} has no value (${String(value)}).`,
        missingValues === undefined ? CHECK_THE_FIELD : `${CHECK_THE_FIELD} ${MAY_BE_MISSING}`,
      )
    : new InvalidParameter(
        parameter,
        `${attribute} is ${parsed.what}.`,
        parsed.advice,
        `${attribute} is ${parsed.withoutValue ?? parsed.what}.`,
      );
}
