import { Gap } from './gap';
import { shown } from './shown';

/** A parameter that cannot be right. Found before any request is made. */
export class InvalidParameter extends Error {
  override readonly name = 'InvalidParameter';

  /**
   * @param parameter as the panel shows it, e.g. `Conversation ID`
   * @param complaint what is wrong and how to mend it, as whole sentences
   */
  constructor(
    readonly parameter: string,
    readonly complaint: string,
  ) {
    super(`"${parameter}": ${complaint}`);
  }
}

/**
 * What to throw for a value that will not do. Where it is a template, its gap is to blame.
 *
 * @param complaint goes on after the value, e.g. `is no number.`
 */
export function unfit(parameter: string, value: unknown, complaint: string): InvalidParameter {
  return new InvalidParameter(
    parameter,
    value instanceof Gap ? value.complaint : `${shown(value)} ${complaint}`,
  );
}
