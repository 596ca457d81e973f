import type { Condition, WantedAttributes } from '../../../genesys/stores/attribute-change';
import type { Attributes } from '../../../genesys/stores/attributes';
import type { WriteMethod } from '../../../genesys/stores/write-method';
import { parseExpected, parseNames } from './attributes';
import { isBlank } from '../../parameters/blank';
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

/** The collection as the user filled it in, with the defaults for the rest. */
export interface Options extends Omit<WantedAttributes, 'set'> {
  readonly missingValues: MissingValues;
  readonly onlyIfConnected: boolean;
  readonly returns: Returned;
  readonly waitUntilVisible: boolean;
  readonly writeMethod: WriteMethod | 'auto';
}

/** @throws {InvalidParameter} */
export function parseOptions(collection: unknown): Options {
  const given = parseCollection('Options', collection);
  const or = (name: string, fallback: unknown) => (name in given ? given[name] : fallback);
  const method = writeMethod.in(given);
  const externalContactId = or('externalContactId', '');
  const expected = or('expectedAttributes', '');
  return {
    writeMethod: method,
    returns: returned.in(given),
    waitUntilVisible: parseFlag('Wait Until Visible', or('waitUntilVisible', true)),
    remove: parseNames('Attributes to Remove', or('attributesToRemove', [])),
    conflictPolicy: conflictPolicy.in(given),
    condition: parseCondition(
      given,
      isBlank(expected) ? new Map() : parseExpected('Expected Attributes', expected),
    ),
    missingValues: missingValues.in(given),
    onlyIfConnected: parseFlag('Only If Connected', or('onlyIfConnected', false)),
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

function parseCondition(given: Readonly<Record<string, unknown>>, expected: Attributes): Condition {
  const kind = condition.in(given);
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
