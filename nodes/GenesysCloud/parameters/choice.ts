import { unfit } from './invalid-parameter';

/**
 * One of several values, as an expression may give a wrong one.
 *
 * @throws {InvalidParameter}
 */
export function parseChoice<const Value extends string>(
  parameter: string,
  value: unknown,
  choices: readonly Value[],
): Value {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw unfit(parameter, value, `is not one of ${choices.join(', ')}.`);
}
