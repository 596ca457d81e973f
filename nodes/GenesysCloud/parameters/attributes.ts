import type { INodeProperties } from 'n8n-workflow';
import * as z from 'zod/v4';

import type { Attributes } from '../../../genesys/stores/attributes';
import { quoted } from '../../../genesys/transport/excerpt';
import { Gap } from './gap';
import { InvalidParameter, unfit } from './invalid-parameter';
import { parseObject } from './json-object';
import { isBlank } from './blank';
import { valueText } from './value-text';

/** The fields that say which attributes to set. */
export const attributesProperties: readonly INodeProperties[] = [
  {
    displayName: 'Attributes As',
    name: 'inputMode',
    type: 'options',
    noDataExpression: true,
    options: [
      { name: 'Fields', value: 'fields', description: 'One row for each attribute' },
      { name: 'JSON', value: 'json', description: 'One JSON object with all of them' },
    ],
    default: 'fields',
    description: 'How to give the attributes',
  },
  {
    displayName: 'Attributes to Set',
    name: 'attributes',
    type: 'assignmentCollection',
    typeOptions: { assignment: { hideType: true, disableType: true, defaultType: 'string' } },
    default: {},
    description:
      'All other attributes stay as they are. Values are text: numbers, dates and true or false are turned into it.',
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

const PARAMETER = { fields: 'Attributes to Set', json: 'Attributes to Set (JSON)' };

const assignments = z.looseObject({
  assignments: z
    .array(z.looseObject({ name: z.unknown(), value: z.unknown() }))
    .nullish()
    .transform((rows) => rows ?? []),
});

/**
 * The rows of the panel.
 *
 * @throws {InvalidParameter}
 */
export function parseFields(value: unknown): Attributes {
  const parsed = assignments.safeParse(value ?? {});
  if (!parsed.success) {
    throw new InvalidParameter(PARAMETER.fields, 'It must be rows of a name and a value.');
  }
  const attributes = new Map<string, string>();
  for (const row of parsed.data.assignments) {
    const name = parseNameToSet(PARAMETER.fields, row.name);
    if (attributes.has(name)) {
      throw new InvalidParameter(
        PARAMETER.fields,
        `Attribute ${quoted(name)} is there twice.`,
        'Remove one of the rows.',
      );
    }
    attributes.set(name, parseValue(PARAMETER.fields, name, row.value));
  }
  return attributes;
}

/**
 * A JSON object, as text or as an expression gives it.
 *
 * @throws {InvalidParameter}
 */
export function parseJson(value: unknown): Attributes {
  return parseEntries(PARAMETER.json, value, parseNameToSet);
}

/**
 * The same, of attributes that are there already: whatever they are called, it is right.
 *
 * @throws {InvalidParameter}
 */
export function parseExpected(parameter: string, value: unknown): Attributes {
  return parseEntries(parameter, value, parseName);
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

function parseEntries(
  parameter: string,
  value: unknown,
  nameOf: (parameter: string, name: unknown) => string,
): Attributes {
  return new Map(
    Object.entries(parseObject(parameter, value)).map(([name, entry]) => [
      nameOf(parameter, name),
      parseValue(parameter, name, entry),
    ]),
  );
}

/** A new name with a blank at an end is never meant: it would stand beside the one without. */
function parseNameToSet(parameter: string, value: unknown): string {
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

function parseValue(parameter: string, name: string, value: unknown): string {
  const attribute = `Attribute ${quoted(name)}`;
  if (value instanceof Gap) {
    throw new InvalidParameter(parameter, `${attribute}: ${value.complaint}`, value.advice);
  }
  const parsed = valueText(value);
  if ('text' in parsed) return parsed.text;
  throw parsed.isMissing
    ? new InvalidParameter(
        parameter,
        `${attribute} has no value (${String(value)}).`,
        'If it comes from an expression such as {{ $json.field }}, check that the input item has that field.',
      )
    : new InvalidParameter(parameter, `${attribute} is ${parsed.what}.`, parsed.advice);
}
