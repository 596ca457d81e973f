import type { Condition, WantedAttributes } from '../../../genesys/stores/attribute-change';
import type { Attributes } from '../../../genesys/stores/attributes';
import type { WriteMethod } from '../../../genesys/stores/write-method';
import { parseExpected, parseNames } from './attributes';
import { isBlank } from '../../parameters/blank';
import type { Choice } from '../../parameters/choice';
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
import { parseCollection } from '../../parameters/collection';
import { parseExternalId } from '../../parameters/ids';
import { InvalidParameter } from '../../parameters/invalid-parameter';
import { parseFlag } from './flag';
import { DEFAULT_CONCURRENCY } from './options-property';
import { wholeNumber } from '../../parameters/whole-number';

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
    waitUntilVisible: flagIn(given, 'Wait Until Visible', 'waitUntilVisible', true),
    onlyIfConnected: flagIn(given, 'Only If Connected', 'onlyIfConnected', false),
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

/** A flag of a collection, or what it is where the user has not added it. */
export function flagIn(
  given: GivenOptions,
  parameter: string,
  name: string,
  fallback: boolean,
): boolean {
  return parseFlag(parameter, givenOr(given, name, fallback));
}
