import type { INodeProperties } from 'n8n-workflow';
import * as z from 'zod/v4';

import type { Attributes } from '../../../genesys/attributes';
import { InvalidParameter, shown } from './invalid-parameter';

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
      'All other attributes stay as they are. Values are text: numbers and true or false are turned into it.',
    displayOptions: { show: { inputMode: ['fields'] } },
  },
  {
    displayName: 'Attributes to Set (JSON)',
    name: 'attributesJson',
    type: 'json',
    default: '{}',
    placeholder: 'e.g. { "priority": "high", "lang": "de" }',
    description:
      'One flat JSON object. All other attributes stay as they are. Values are text: numbers and true or false are turned into it.',
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

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as SyntaxError).message });
    return z.NEVER;
  }
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
    const name = parseName(PARAMETER.fields, row.name);
    if (attributes.has(name)) {
      throw new InvalidParameter(
        PARAMETER.fields,
        `Attribute "${name}" is there twice. Remove one of the rows.`,
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
export function parseJson(value: unknown, parameter: string = PARAMETER.json): Attributes {
  return new Map(
    Object.entries(parseObject(parameter, value)).map(([name, entry]) => [
      parseName(parameter, name),
      parseValue(parameter, name, entry),
    ]),
  );
}

/**
 * Names in rows, in an array that an expression gives, or in text with commas between them.
 *
 * @throws {InvalidParameter}
 */
export function parseNames(parameter: string, value: unknown): ReadonlySet<string> {
  const names = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value;
  if (!Array.isArray(names)) {
    throw new InvalidParameter(
      parameter,
      `${shown(value)} is no list of names. Give rows, an array, or text with commas in between.`,
    );
  }
  return new Set(names.map((name: unknown) => parseName(parameter, name)));
}

function parseObject(parameter: string, value: unknown): object {
  const json = typeof value === 'string' ? parseText(parameter, value) : value;
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw new InvalidParameter(
    parameter,
    `${shown(json)} is not one flat JSON object such as { "priority": "high" }.`,
  );
}

function parseText(parameter: string, text: string): unknown {
  const parsed = jsonText.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidParameter(
    parameter,
    `It is not valid JSON: ${parsed.error.issues[0]?.message ?? ''}.`,
  );
}

function parseName(parameter: string, name: unknown): string {
  if (typeof name === 'string' && name.trim() !== '') return name;
  const isText = typeof name === 'string' || name === undefined || name === null;
  throw new InvalidParameter(
    parameter,
    isText
      ? 'An attribute has no name. Give it one, or remove it.'
      : `${shown(name)} is no name for an attribute. Names are text.`,
  );
}

function parseValue(parameter: string, name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new InvalidParameter(
      parameter,
      `Attribute "${name}" is a number with so many digits that some are lost (${String(value)}). Give it as text, in quotes.`,
    );
  }
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) {
    return String(value);
  }
  throw new InvalidParameter(
    parameter,
    value === undefined || value === null
      ? `Attribute "${name}" has no value (${String(value)}). If it comes from an expression such as {{ $json.field }}, check that the input item has that field.`
      : `Attribute "${name}" is ${shown(value)}, which is no text, number, or true or false. Turn it into text first, e.g. with JSON.stringify().`,
  );
}
