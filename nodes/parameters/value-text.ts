import { types } from 'node:util';

import { shown } from './shown';

/** A value that is no text and has none. */
export interface NoText {
  /** What it is, for a message. */
  readonly what: string;
  /** The same without the value, where that is in it. */
  readonly withoutValue?: string;
  /** How to mend it, as a sentence. */
  readonly advice: string;
  readonly isMissing?: true;
}

/** The text of a value that an expression has given, as an attribute may hold it. */
export function valueText(value: unknown): { readonly text: string } | NoText {
  switch (typeof value) {
    case 'string':
      return { text: value };
    case 'boolean':
    case 'bigint':
      return { text: String(value) };
    case 'number':
      return numberText(value);
    case 'undefined':
      return missing('undefined');
    case 'object':
      return value === null ? missing('null') : (timeText(value) ?? noText(value));
    default:
      return noText(value);
  }
}

/** What is wrong with a value as a part of a longer text, if anything: n8n turns it into text itself. */
export function unfitForTemplate(value: unknown): NoText | undefined {
  const parsed = valueText(value);
  if ('text' in parsed) return undefined;
  // Lists have commas in between there, and what is made for it knows how to be text.
  const isText = isObject(value) && !timeText(value) && !isNameless(value);
  return isText ? undefined : parsed;
}

/** Whether an object has no text of its own. */
function isNameless(value: unknown): boolean {
  return /\[object \w+\]/.test(String(value));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function numberText(value: number): { readonly text: string } | NoText {
  if (!Number.isFinite(value)) return noValue(String(value));
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return { text: String(value) };
  return {
    what: `a number with so many digits that some are lost (${value})`,
    withoutValue: 'a number with so many digits that some are lost',
    advice: 'Give it as text, in quotes.',
  };
}

/** The text of a Date that stands in a longer text, where n8n would render it in its own way. */
export function dateText(value: unknown): string | undefined {
  return types.isDate(value) && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
}

/** Of a Date, and of what n8n itself uses for times, which is Luxon's. */
function timeText(value: object): { readonly text: string } | NoText | undefined {
  if (types.isDate(value)) {
    return Number.isNaN(value.getTime())
      ? noValue('an invalid Date')
      : { text: value.toISOString() };
  }
  if (!isDateTime(value)) return undefined;
  // So n8n writes one that stands in a row or an object.
  return value.isValid ? { text: value.toString() } : noValue('an invalid DateTime');
}

/** As far as it matters here. */
interface DateTime {
  readonly isValid: boolean;
  toString(): string;
}

/** Not by its class, of which there may be several copies. */
export function isDateTime(value: unknown): value is DateTime {
  return (
    isObject(value) &&
    'isLuxonDateTime' in value &&
    value.isLuxonDateTime === true &&
    'isValid' in value
  );
}

function missing(as: string): NoText {
  return {
    what: `nothing (${as})`,
    advice:
      "Check that the input item has it, or say what is to stand there, as in {{ $json.field ?? '' }}.",
    isMissing: true,
  };
}

function noValue(what: string): NoText {
  return {
    what: `${what}, which is no value`,
    advice: 'Check the expression that it comes from.',
  };
}

function noText(value: unknown): NoText {
  return {
    what: `${shown(value)}, which is no text, number, or true or false`,
    withoutValue: 'no text, number, or true or false',
    advice: 'Turn it into text first, e.g. with JSON.stringify().',
  };
}
