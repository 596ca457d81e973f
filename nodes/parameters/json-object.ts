import * as z from 'zod/v4';

import { excerpt, quoted } from '../../genesys/transport/excerpt';
import { Gap } from './gap';
import { InvalidParameter, unfilled, unfit } from './invalid-parameter';

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as SyntaxError).message });
    return z.NEVER;
  }
});

const TEXTS = /"[^"\\]*(?:\\.[^"\\]*)*"/g;

/** What matters of the names in a JSON text: texts, and what stands around and after them. */
const TOKENS = new RegExp(`${TEXTS.source}|[{}[\\]:]`, 'g');

/** At the end of a JSON text that stops within a value, or before it: the name that it belongs to. */
const UNFINISHED = /"([^"\\]*(?:\\.[^"\\]*)*)"\s*:\s*(?:"[^"\\]*(?:\\.[^"\\]*)*)?$/;

/** What an object is to be, and what messages call the values in it. */
export interface ObjectWords {
  readonly what: string;
  readonly noun: string;
}

const OF_ATTRIBUTES: ObjectWords = {
  what: 'one flat JSON object such as { "priority": "high" }',
  noun: 'Attribute',
};

/**
 * A JSON object, as text or as an expression gives it. Its values are not checked; a text with holes
 * is a {@link Gap}.
 *
 * @param words default those for attributes
 * @throws {InvalidParameter}
 */
export function parseObject(
  parameter: string,
  value: unknown,
  words: ObjectWords = OF_ATTRIBUTES,
): object {
  const json =
    value instanceof Gap
      ? parseMarked(parameter, value, words)
      : typeof value === 'string'
        ? parseText(parameter, value, words)
        : value;
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw unfit(parameter, json, `is not ${words.what}.`);
}

/** A hole in a name, or outside of all texts, is nothing that an empty text could stand for. */
function parseMarked(parameter: string, gap: Gap, words: ObjectWords): unknown {
  const outside = gap.part(gap.marked.replace(TEXTS, ''));
  if (outside) {
    throw unfilled(parameter, outside, placeOf(gap, outside, words));
  }
  const json = parseText(parameter, gap.marked, words, gap.filled);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw unfit(parameter, gap, '');
  }
  const entries = Object.entries(json).map(([name, entry]: [string, unknown]) => {
    const inName = gap.part(name);
    if (inName) throw unfit(parameter, inName, '');
    if (typeof entry === 'string') return [name, gap.part(entry) ?? entry] as const;
    const inside = gap.part(JSON.stringify(entry));
    if (!inside) return [name, entry] as const;
    throw unfilled(parameter, inside, `${words.noun} ${quoted(name)}: `);
  });
  return Object.fromEntries(entries);
}

/** @param shown what to complain about, where the text has marks that are nobody's business */
function parseText(parameter: string, text: string, { noun }: ObjectWords, shown = text): unknown {
  const parsed = jsonText.safeParse(text);
  if (!parsed.success) {
    const [issue] = jsonText.safeParse(shown).error?.issues ?? [];
    throw new InvalidParameter(
      parameter,
      `It is not valid JSON: ${excerpt(issue?.message ?? '')}.`,
      '',
      'It is not valid JSON.',
    );
  }
  const repeated = repeatedName(text);
  if (repeated === undefined) return parsed.data;
  throw new InvalidParameter(
    parameter,
    `${noun} ${quoted(repeated)} is there twice.`,
    'Remove one of the two.',
  );
}

/**
 * The first name that an object of a valid JSON text has twice. `JSON.parse` keeps the last value
 * without a word, and its reviver is not shown the others.
 */
function repeatedName(text: string): string | undefined {
  const open: Set<string>[] = [];
  let latest = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token !== ':') latest = token;
    else {
      const name = JSON.parse(latest) as string;
      if (open.at(-1)?.has(name)) return name;
      open.at(-1)?.add(name);
    }
  }
  return undefined;
}

/** The attribute, where the text up to the hole tells which it is. */
function placeOf(gap: Gap, part: Gap, { noun }: ObjectWords): string {
  const name = UNFINISHED.exec(gap.before(part))?.[1];
  return name === undefined ? '' : `${noun} ${quoted(name)}: `;
}
