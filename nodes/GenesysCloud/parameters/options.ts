import type { Condition, WantedAttributes } from '../../../genesys/stores/attribute-change';
import type { Attributes } from '../../../genesys/stores/attributes';
import type { WriteMethod } from '../../../genesys/stores/write-method';
import { parseExpected, parseNames } from './attributes';
import { isBlank } from './blank';
import type { Choice } from './choice';
import {
  condition,
  conflictPolicy,
  ifNotMet,
  type MissingValues,
  missingValues,
  type Returned,
  returned,
  writeMethod,
} from './choices';
import { parseCollection } from './collection';
import { parseExternalId } from './ids';
import { InvalidParameter, unfit } from './invalid-parameter';
import { DEFAULT_CONCURRENCY } from './options-property';
import { wholeNumber } from './whole-number';

/** A collection as n8n hands it over: only what the user added. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/**
 * What a collection says, or else the default. What an expression leaves out is no default: it is
 * there, and nothing.
 */
export function givenOr(given: GivenOptions, name: string, fallback: unknown): unknown {
  return name in given ? given[name] : fallback;
}

/** What all operations on a participant have. */
export interface SharedOptions {
  readonly onlyIfConnected: boolean;
  readonly returns: Returned;
  readonly waitUntilVisible: boolean;
  readonly writeMethod: WriteMethod | 'auto';
}

/** On which terms something is written. */
type Terms = Pick<WantedAttributes, 'conflictPolicy' | 'condition'>;

/** What Set Attributes has beside. */
interface Options extends Omit<WantedAttributes, 'set'> {
  readonly missingValues: MissingValues;
}

/** @throws {InvalidParameter} */
export function parseSharedOptions(given: GivenOptions): SharedOptions {
  return {
    writeMethod: writeMethod.in(given),
    returns: returned.in(given),
    waitUntilVisible: parseFlag('Wait Until Visible', given, 'waitUntilVisible', true),
    onlyIfConnected: parseFlag('Only If Connected', given, 'onlyIfConnected', false),
  };
}

/**
 * @param conditions those that there are
 * @throws {InvalidParameter}
 */
export function parseTerms(
  given: GivenOptions,
  conditions: Pick<Choice<Condition['kind']>, 'in'> = condition,
): Terms {
  const expectedAttributes = givenOr(given, 'expectedAttributes', '');
  return {
    conflictPolicy: conflictPolicy.in(given),
    condition: parseCondition(
      conditions.in(given),
      isBlank(expectedAttributes)
        ? new Map()
        : parseExpected('Expected Attributes', expectedAttributes),
      given,
    ),
  };
}

/** @throws {InvalidParameter} */
export function parseOptions(given: GivenOptions): Options {
  const externalContactId = givenOr(given, 'externalContactId', '');
  if (!isBlank(externalContactId) && writeMethod.in(given) === 'patch') {
    throw new InvalidParameter(
      'External Contact ID',
      'The write method "Patch" cannot set it.',
      'Remove it, or choose another write method.',
    );
  }
  return {
    ...parseTerms(given),
    remove: parseNames('Attributes to Remove', givenOr(given, 'attributesToRemove', [])),
    missingValues: missingValues.in(given),
    ...(!isBlank(externalContactId) && {
      externalContactId: parseExternalId('External Contact ID', externalContactId),
    }),
  };
}

/**
 * How many records to work on at once: a setting of the whole run, so the first item's counts.
 *
 * @throws {InvalidParameter}
 */
export function parseConcurrency(collection: unknown): number {
  const { concurrency = DEFAULT_CONCURRENCY } = parseCollection('Options', collection);
  return wholeNumber('Concurrency', concurrency, 1, 1000);
}

function parseCondition(
  kind: Condition['kind'],
  expected: Attributes,
  given: GivenOptions,
): Condition {
  if (expected.size > 0 && kind !== 'onlyIfEquals') {
    throw new InvalidParameter(
      'Expected Attributes',
      'It counts only with the condition "Only If Equals".',
      'Choose that condition, and then remove this if you want another one.',
    );
  }
  if (kind !== 'onlyIfEquals') return { kind };
  // A condition with nothing to compare is none.
  if (expected.size === 0) return { kind: 'always' };
  return { kind, expected, ifNotMet: ifNotMet.in(given) };
}

/** @throws {InvalidParameter} */
export function parseFlag(
  parameter: string,
  given: GivenOptions,
  name: string,
  fallback: boolean,
): boolean {
  const value = givenOr(given, name, fallback);
  if (typeof value === 'boolean') return value;
  throw unfit(parameter, value, 'is neither true nor false.');
}
