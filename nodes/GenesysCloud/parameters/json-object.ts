import * as z from 'zod/v4';

import { excerpt, quoted } from '../../../genesys/transport/excerpt';
import { Gap } from './gap';
import { InvalidParameter, unfit } from './invalid-parameter';

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as SyntaxError).message });
    return z.NEVER;
  }
});

/** What matters of the names in a JSON text: texts, and what stands around and after them. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

/** At the end of a JSON text that stops within a value, or before it: the name that it belongs to. */
const UNFINISHED = /"([^"\\]*(?:\\.[^"\\]*)*)"\s*:\s*(?:"[^"\\]*(?:\\.[^"\\]*)*)?$/;

/**
 * A flat JSON object, as text or as an expression gives it. Its values are not checked.
 *
 * @throws {InvalidParameter}
 */
export function parseObject(parameter: string, value: unknown): object {
  if (value instanceof Gap) {
    throw new InvalidParameter(parameter, complaintAbout(value), value.advice);
  }
  const json = typeof value === 'string' ? parseText(parameter, value) : value;
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw unfit(parameter, json, 'is not one flat JSON object such as { "priority": "high" }.');
}

function parseText(parameter: string, text: string): unknown {
  const parsed = jsonText.safeParse(text);
  if (!parsed.success) {
    throw new InvalidParameter(
      parameter,
      `It is not valid JSON: ${excerpt(parsed.error.issues[0]?.message ?? '')}.`,
    );
  }
  const repeated = repeatedName(text);
  if (repeated === undefined) return parsed.data;
  throw new InvalidParameter(
    parameter,
    `Attribute ${quoted(repeated)} is there twice.`,
    'Remove one of the two.',
  );
}

/**
 * The first name that the outermost object of a valid JSON text has twice. `JSON.parse` keeps the last
 * value without a word, and its reviver is not shown the others.
 */
function repeatedName(text: string): string | undefined {
  const names = new Set<string>();
  let depth = 0;
  let latest = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (token !== ':') latest = token;
    else if (depth === 1) {
      const name = JSON.parse(latest) as string;
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}

/** With the attribute, where the text up to the gap tells which it is. */
function complaintAbout({ before, complaint }: Gap): string {
  const name = UNFINISHED.exec(before)?.[1];
  return name === undefined ? complaint : `Attribute ${quoted(name)}: ${complaint}`;
}
