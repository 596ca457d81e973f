import { excerpt } from '../../../genesys/transport/excerpt';
import type { NoText } from './value-text';

/**
 * Stands for the text of a template in which some braces give nothing that could be put in their
 * place. What n8n puts there, mostly an empty text, is never meant, and nobody would notice.
 */
export class Gap {
  /** What is wrong, as one sentence that begins with the braces. */
  readonly complaint: string;
  /** How to mend it, as whole sentences. */
  readonly advice: string;

  /** @param before the template up to the braces */
  constructor(
    readonly before: string,
    braces: string,
    { what, advice }: NoText,
  ) {
    this.complaint = `${excerpt(braces)} gives ${what}.`;
    this.advice = advice;
  }
}
