import type { INodeProperties } from 'n8n-workflow';

import { unfit } from './invalid-parameter';

/** How one of the values is shown. */
interface Label {
  readonly name: string;
  readonly description: string;
}

/** A parameter with one of several values. What the panel offers and what is accepted is one list. */
export interface Choice<Value extends string> {
  /** For the panel. */
  readonly property: INodeProperties;
  /** @throws {InvalidParameter} for any other value, as an expression may give it */
  readonly parse: (given: unknown) => Value;
  /**
   * What a collection says of it, or else its default.
   *
   * @throws {InvalidParameter}
   */
  readonly in: (collection: Readonly<Record<string, unknown>>) => Value;
}

/**
 * @param labels of all values: the compiler complains of one that is missing, and of one too many
 */
export function choiceOf<Value extends string>(
  property: Pick<
    INodeProperties,
    'name' | 'displayName' | 'description' | 'displayOptions' | 'noDataExpression'
  > & { readonly default: Value },
  labels: Record<Value, Label>,
): Choice<Value> {
  const values = Object.keys(labels) as Value[];
  const options = values
    .map((value) => ({ ...labels[value], value }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
  const { default: fallback, displayName, name } = property;
  const parse = (given: unknown) => {
    const chosen = values.find((value) => value === given);
    if (chosen !== undefined) return chosen;
    throw unfit(displayName, given, `is not one of ${values.join(', ')}.`);
  };
  return {
    property: { ...property, type: 'options', options },
    parse,
    in: (collection) => (name in collection ? parse(collection[name]) : fallback),
  };
}
