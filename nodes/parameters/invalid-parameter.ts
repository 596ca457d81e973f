import { Gap } from './gap';
import { shown } from './shown';

/** A parameter that cannot be right. Found before any request is made. */
export class InvalidParameter extends Error {
  override readonly name = 'InvalidParameter';

  /**
   * @param parameter as the panel shows it, e.g. `Conversation ID`
   * @param complaint what is wrong, as one sentence
   * @param advice how to mend it, as whole sentences
   */
  constructor(
    readonly parameter: string,
    readonly complaint: string,
    readonly advice = '',
  ) {
    super(`"${parameter}": ${complaint} ${advice}`.trimEnd());
  }
}

/**
 * What to throw for a value that will not do. Where it is a template, its gap is to blame.
 *
 * @param complaint goes on after the value, e.g. `is no number.`
 */
export function unfit(
  parameter: string,
  value: unknown,
  complaint: string,
  advice = '',
): InvalidParameter {
  return value instanceof Gap
    ? new InvalidParameter(parameter, value.complaint, value.advice)
    : new InvalidParameter(parameter, `${shown(value)} ${complaint}`, advice);
}
