import * as z from 'zod/v4';

import { excerpt, quoted } from '../../genesys/transport/excerpt';
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

const TEXTS = /"[^"\\]*(?:\\.[^"\\]*)*"/g;

/** What matters of the names in a JSON text: texts, and what stands around and after them. */
const TOKENS = new RegExp(`${TEXTS.source}|[{}[\\]:]`, 'g');

/** At the end of a JSON text that stops within a value, or before it: the name that it belongs to. */
const UNFINISHED = /"([^"\\]*(?:\\.[^"\\]*)*)"\s*:\s*(?:"[^"\\]*(?:\\.[^"\\]*)*)?$/;

/**
 * A flat JSON object, as text or as an expression gives it. Its values are not checked; a text with
 * holes is a {@link Gap}.
 *
 * @throws {InvalidParameter}
 */
export function parseObject(parameter: string, value: unknown): object {
  const json =
    value instanceof Gap
      ? parseMarked(parameter, value)
      : typeof value === 'string'
        ? parseText(parameter, value)
        : value;
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw unfit(parameter, json, 'is not one flat JSON object such as { "priority": "high" }.');
}

/** A hole in a name, or outside of all texts, is nothing that an empty text could stand for. */
function parseMarked(parameter: string, gap: Gap): unknown {
  const outside = gap.part(gap.marked.replace(TEXTS, ''));
  if (outside) {
    throw new InvalidParameter(parameter, complaintAbout(gap, outside), outside.advice);
  }
  const json = parseText(parameter, gap.marked, gap.filled);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw unfit(parameter, gap, '');
  }
  const entries = Object.entries(json).map(([name, entry]: [string, unknown]) => {
    const inName = gap.part(name);
    if (inName) throw unfit(parameter, inName, '');
    if (typeof entry === 'string') return [name, gap.part(entry) ?? entry] as const;
    const inside = gap.part(JSON.stringify(entry));
    if (!inside) return [name, entry] as const;
    const complaint = `Attribute ${quoted(name)}: ${inside.complaint}`;
    throw new InvalidParameter(parameter, complaint, inside.advice);
  });
  return Object.fromEntries(entries);
}

/** @param shown what to complain about, where the text has marks that are nobody's business */
function parseText(parameter: string, text: string, shown = text): unknown {
  const parsed = jsonText.safeParse(text);
  if (!parsed.success) {
    const [issue] = jsonText.safeParse(shown).error?.issues ?? [];
    throw new InvalidParameter(
      parameter,
      `It is not valid JSON: ${excerpt(issue?.message ?? '')}.`,
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

/** With the attribute, where the text up to the hole tells which it is. */
function complaintAbout(gap: Gap, part: Gap): string {
  const name = UNFINISHED.exec(gap.before(part))?.[1];
  return name === undefined ? part.complaint : `Attribute ${quoted(name)}: ${part.complaint}`;
}
