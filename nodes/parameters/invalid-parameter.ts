import { Gap } from './gap';
import { shown } from './shown';

/** A parameter that cannot be right. Found before any request is made. */
export class InvalidParameter extends Error {
  override readonly name = 'InvalidParameter';

  /**
   * @param parameter as the panel shows it, e.g. `Conversation ID`
   * @param complaint what is wrong, as one sentence
   * @param advice how to mend it, as whole sentences
   * @param withoutValue the complaint where it must not tell what was given
   */
  constructor(
    readonly parameter: string,
    readonly complaint: string,
    readonly advice = '',
    private readonly withoutValue = complaint,
  ) {
    super(`"${parameter}": ${complaint} ${advice}`.trimEnd());
  }

  /** The same without what was given. */
  get discreet(): InvalidParameter {
    return new InvalidParameter(this.parameter, this.withoutValue, this.advice);
  }
}

/**
 * Reads parameters in which there may be what must not be told.
 *
 * @throws {InvalidParameter} whose words do not tell it
 */
export function discreetly<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidParameter ? error.discreet : error;
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
    ? unfilled(parameter, value)
    : new InvalidParameter(parameter, `${shown(value)} ${complaint}`, advice, `It ${complaint}`);
}

/**
 * What to throw for a template with a gap.
 *
 * @param where goes before the complaint, e.g. `Attribute "lang": `
 */
export function unfilled(parameter: string, gap: Gap, where = ''): InvalidParameter {
  const { advice, complaint, withoutValue } = gap;
  return new InvalidParameter(parameter, where + complaint, advice, where + withoutValue);
}
