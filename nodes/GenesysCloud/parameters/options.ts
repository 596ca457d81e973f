import type { Condition, WantedAttributes } from '../../../genesys/stores/attribute-change';
import type { Attributes } from '../../../genesys/stores/attributes';
import type { WriteMethod } from '../../../genesys/stores/write-method';
import { type MissingValues, parseExpected, parseNames } from './attributes';
import { isBlank } from './blank';
import { parseChoice } from './choice';
import { parseCollection } from './collection';
import { parseExternalId } from './ids';
import { InvalidParameter, unfit } from './invalid-parameter';
import { DEFAULT_CONCURRENCY } from './options-property';
import { wholeNumber } from './whole-number';

/** The collection as the user filled it in, with the defaults for the rest. */
export interface Options extends Omit<WantedAttributes, 'set'> {
  readonly missingValues: MissingValues;
  readonly onlyIfConnected: boolean;
  /** Whether all attributes come out, or only those that the item was about. */
  readonly returns: 'everything' | 'changed';
  readonly waitUntilVisible: boolean;
  readonly writeMethod: WriteMethod | 'auto';
}

/** @throws {InvalidParameter} */
export function parseOptions(collection: unknown): Options {
  const given = parseCollection('Options', collection);
  const or = (name: string, fallback: unknown) => (name in given ? given[name] : fallback);
  const writeMethod = parseChoice('Write Method', or('writeMethod', 'auto'), [
    'auto',
    'versioned',
    'patch',
  ]);
  const externalContactId = or('externalContactId', '');
  const expected = or('expectedAttributes', '');
  if (!isBlank(externalContactId) && writeMethod === 'patch') {
    throw new InvalidParameter(
      'External Contact ID',
      'The write method "Patch" cannot set it.',
      'Remove it, or choose another write method.',
    );
  }
  return {
    writeMethod,
    returns: parseChoice('Return', or('return', 'everything'), ['everything', 'changed']),
    waitUntilVisible: parseFlag('Wait Until Visible', or('waitUntilVisible', true)),
    remove: parseNames('Attributes to Remove', or('attributesToRemove', [])),
    conflictPolicy: parseChoice('Conflict Policy', or('conflictPolicy', 'overwrite'), [
      'overwrite',
      'keepTheirs',
      'fail',
    ]),
    condition: parseCondition(
      or('condition', 'always'),
      isBlank(expected) ? new Map() : parseExpected('Expected Attributes', expected),
      or('ifNotMet', 'fail'),
    ),
    missingValues: parseChoice('Missing Values', or('missingValues', 'refuse'), [
      'refuse',
      'skip',
      'empty',
    ]),
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

function parseCondition(condition: unknown, expected: Attributes, ifNotMet: unknown): Condition {
  const kind = parseChoice('Condition', condition, ['always', 'onlyIfMissing', 'onlyIfEquals']);
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
  return { kind, expected, ifNotMet: parseChoice('If Not Met', ifNotMet, ['fail', 'skip']) };
}

function parseFlag(parameter: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw unfit(parameter, value, 'is neither true nor false.');
}
