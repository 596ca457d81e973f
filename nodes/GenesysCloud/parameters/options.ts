import type {
  Attributes,
  Condition,
  WantedAttributes,
} from '../../../genesys/stores/attribute-change';
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
import { type Collection, givenOr, parseCollection } from '../../parameters/collection';
import { parseExternalId } from '../../parameters/ids';
import { InvalidParameter } from '../../parameters/invalid-parameter';
import { flagIn } from '../../parameters/flag';
import { DEFAULT_CONCURRENCY } from './options-property';
import { wholeNumber } from '../../parameters/whole-number';

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
export function parseSharedOptions(given: Collection): SharedOptions {
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
  given: Collection,
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
export function parseOptions(given: Collection): Options {
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
  const given = parseCollection('Options', collection);
  const concurrency = givenOr(given, 'concurrency', DEFAULT_CONCURRENCY);
  return wholeNumber('Concurrency', concurrency, 1, 1000);
}

function parseCondition(
  kind: Condition['kind'],
  expected: Attributes,
  given: Collection,
): Condition {
  if (expected.size > 0 && kind !== 'onlyIfEquals') {
    throw new InvalidParameter(
      'Expected Attributes',
      'It counts only with the condition "Only If Equals".',
      'Choose that condition, and then remove this if you want another one.',
    );
  }
  if (kind !== 'onlyIfEquals') return { kind };
  return { kind, expected, ifNotMet: ifNotMet.in(given) };
}
