import { randomUUID } from 'node:crypto';

import { excerpt } from '../../genesys/transport/excerpt';
import type { NoText } from './value-text';

/** Braces in a template that give nothing that could be put in their place. */
export interface Hole {
  readonly braces: string;
  readonly wrong: NoText;
}

/** Around the number of a hole: no text of anybody's has it. */
const FENCE = randomUUID();
const MARKS = new RegExp(`${FENCE}(\\d+)${FENCE}`, 'g');

/** What stands in a template for its hole with this number. */
export function markOf(hole: number): string {
  return `${FENCE}${hole}${FENCE}`;
}

/**
 * Stands for the text of a template that has holes. What n8n puts there, mostly an empty text, is not
 * meant unless the user says so, and nobody would notice.
 */
export class Gap {
  /** The holes that are in the text, in their order there. */
  private readonly inText: readonly Hole[];

  /**
   * @param marked what n8n makes of the template, with a mark in each hole
   * @param holes by the numbers of the marks, of this text and perhaps of others
   */
  constructor(
    readonly marked: string,
    private readonly holes: readonly Hole[],
  ) {
    this.inText = [...marked.matchAll(MARKS)].flatMap(([, hole]) => holes[Number(hole)] ?? []);
  }

  /** What is wrong, as one sentence that begins with the braces. */
  get complaint(): string {
    const [hole] = this.inText;
    return hole ? `${excerpt(hole.braces)} gives ${hole.wrong.what}.` : '';
  }

  /** The same without what is given. */
  get withoutValue(): string {
    const [hole] = this.inText;
    if (!hole || hole.wrong.isMissing) return this.complaint;
    return `An expression gives ${hole.wrong.withoutValue ?? hole.wrong.what}.`;
  }

  /** How to mend it, as whole sentences. */
  get advice(): string {
    return this.inText[0]?.wrong.advice ?? '';
  }

  /** Whether nothing but missing values is the matter. */
  get isMissing(): boolean {
    return this.inText.every(({ wrong }) => wrong.isMissing);
  }

  /** The text with nothing in its holes. */
  get filled(): string {
    return this.marked.replace(MARKS, '');
  }

  /** The text up to the first hole that is in a part of it, too. */
  before(part: Gap): string {
    const [mark = ''] = part.marked.match(MARKS) ?? [];
    return this.marked.slice(0, this.marked.indexOf(mark));
  }

  /** A part of the text, if it has a hole. */
  part(marked: string): Gap | undefined {
    return marked.includes(FENCE) ? new Gap(marked, this.holes) : undefined;
  }
}
