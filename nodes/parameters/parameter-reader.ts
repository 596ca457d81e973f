import { randomUUID } from 'node:crypto';

import { ExpressionParser, type IExecuteFunctions } from 'n8n-workflow';

import { excerpt } from '../../genesys/transport/excerpt';
import { Gap, type Hole, markOf } from './gap';
import { InvalidParameter } from './invalid-parameter';
import { dateText, isDateTime, unfitForTemplate } from './value-text';

type Chunk = ExpressionParser.ExpressionChunk;

/** What n8n makes of an invalid time in a row or an object. */
const INVALID_TIME = 'Invalid DateTime';

/** What n8n would evaluate if the text were an expression. */
const BRACES = /\{\{.*?\}\}/s;

/** Stands for two backslashes before braces while a template is taken apart. */
const BACKSLASHES = randomUUID();

/**
 * Reads parameters of a node as n8n evaluates them for an item, but for what it would hide: each
 * text in which braces give nothing comes as a {@link Gap}, times that are invalid as they are, and
 * a Date within a text as its ISO text.
 */
export class ParameterReader {
  /** The same expressions come again with each item. */
  private readonly split = new Map<string, readonly Chunk[]>();
  private sawFixedBraces = false;

  constructor(private readonly context: IExecuteFunctions) {}

  /** Whether a text that was read has braces in it and is no expression. */
  get hasFixedBraces(): boolean {
    return this.sawFixedBraces;
  }

  /** That of the workflow. */
  get timeZone(): string {
    return this.context.getTimezone();
  }

  /**
   * @param displayName as the panel shows it, for expressions that cannot be evaluated
   * @throws {InvalidParameter}
   */
  read(name: string, displayName: string, itemIndex: number): unknown {
    let complaint: string;
    try {
      const value: unknown = this.context.getNodeParameter(name, itemIndex);
      const raw: unknown = this.context.getNodeParameter(name, itemIndex, undefined, {
        rawExpressions: true,
      });
      return this.withGaps(raw, value, itemIndex);
    } catch (error) {
      // So n8n reports an expression that it cannot evaluate.
      complaint = excerpt((error as Error).message.replace(/\.$/, ''));
    }
    const withoutValue = 'An expression in it cannot be evaluated.';
    throw new InvalidParameter(displayName, `${complaint}.`, '', withoutValue);
  }

  private withGaps(raw: unknown, value: unknown, itemIndex: number): unknown {
    if (typeof raw === 'string') return this.evaluated(raw, value, itemIndex);
    if (typeof raw !== 'object' || typeof value !== 'object' || !raw || !value) return value;
    const rawOf = new Map(Object.entries(raw));
    const entries = Object.entries(value).map(
      ([key, part]) => [key, this.withGaps(rawOf.get(key), part, itemIndex)] as const,
    );
    return Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries);
  }

  private evaluated(raw: string, value: unknown, itemIndex: number): unknown {
    if (!raw.startsWith('=')) {
      this.sawFixedBraces ||= BRACES.test(raw);
      return value;
    }
    const chunks = this.chunksOf(raw);
    const [start, , more] = chunks;
    // One expression alone gives its own value; with anything beside it, all becomes one text.
    if (more === undefined && start?.type === 'text' && start.text === '') {
      return hidesInvalidTime(value) ? this.withTimes(raw, value, itemIndex) : value;
    }
    return this.rendered(chunks, itemIndex) ?? value;
  }

  /** A template as it is to be, where that is not what n8n makes of it. */
  private rendered(chunks: readonly Chunk[], itemIndex: number): Gap | string | undefined {
    const holes: Hole[] = [];
    const replaced = chunks.map((chunk): Chunk => {
      if (chunk.type === 'text') return chunk;
      const braces = ExpressionParser.joinExpression([chunk]);
      const part: unknown = this.context.evaluateExpression(braces, itemIndex);
      const wrong = unfitForTemplate(part);
      const date = dateText(part);
      if (wrong) return literal(markOf(holes.push({ braces, wrong }) - 1));
      return date === undefined ? chunk : literal(date);
    });
    if (replaced.every((chunk, index) => chunk === chunks[index])) return undefined;
    const template = ExpressionParser.joinExpression(replaced).replaceAll(BACKSLASHES, '\\\\');
    // More than one expression always gives a text.
    const text = this.context.evaluateExpression(template, itemIndex) as string;
    return holes.length > 0 ? new Gap(text, holes) : text;
  }

  /** The value before n8n has made texts of the times in it, where these are what it looks like. */
  private withTimes(raw: string, value: unknown, itemIndex: number): unknown {
    const evaluated: unknown = this.context.evaluateExpression(raw.slice(1), itemIndex);
    const times = isDateTime(evaluated) ? [evaluated] : partsOf(evaluated);
    return times.some((time) => isDateTime(time) && !time.isValid) ? evaluated : value;
  }

  private chunksOf(raw: string): readonly Chunk[] {
    const known = this.split.get(raw);
    if (known) return known;
    // Where n8n renders a template, two backslashes are one and escape nothing; its parser counts one.
    const text = raw
      .slice(1)
      .replace(/(?:\\\\)+(?=\\?\{\{)/g, (run) => BACKSLASHES.repeat(run.length / 2));
    const chunks = ExpressionParser.splitExpression(text);
    this.split.set(raw, chunks);
    return chunks;
  }
}

/** Braces that give this text. They stay braces, so that n8n reads what stands before them as ever. */
function literal(text: string): Chunk {
  return { type: 'code', text: JSON.stringify(text), hasClosingBrackets: true };
}

function hidesInvalidTime(value: unknown): boolean {
  return value === INVALID_TIME || partsOf(value).includes(INVALID_TIME);
}

function partsOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
