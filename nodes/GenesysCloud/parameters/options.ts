import type { INodeProperties } from 'n8n-workflow';

import type { Condition, WantedAttributes } from '../../../genesys/stores/attribute-change';
import type { WriteMethod } from '../../../genesys/stores/write-method';
import { parseExpected, parseNames } from './attributes';
import { isBlank } from './blank';
import { parseChoice } from './choice';
import { parseCollection } from './collection';
import { parseExternalId } from './ids';
import { InvalidParameter, unfit } from './invalid-parameter';
import { wholeNumber } from './whole-number';

const DEFAULT_CONCURRENCY = 10;

const BEST_EFFORT =
  'Certain where writes are versioned. Best effort with Patch, which has no version to rely on.';

/** The collection "Options". */
export const optionsProperty: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add Option',
  default: {},
  options: [
    {
      displayName: 'Attributes to Remove',
      name: 'attributesToRemove',
      type: 'string',
      typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Name' },
      default: [],
      placeholder: 'e.g. callback_number',
      description:
        'Names of attributes to remove. An expression may give an array, or text with commas in between. Where Genesys Cloud cannot remove an attribute, it is set to an empty text.',
    },
    {
      displayName: 'Concurrency',
      name: 'concurrency',
      type: 'number',
      typeOptions: { minValue: 1, maxValue: 1000 },
      default: DEFAULT_CONCURRENCY,
      description:
        'How many participants to work on at the same time. All items of one participant are combined, usually into one read and one write.',
    },
    {
      displayName: 'Condition',
      name: 'condition',
      type: 'options',
      options: [
        { name: 'Always', value: 'always', description: 'Write whatever is there' },
        {
          name: 'Only If Equals',
          value: 'onlyIfEquals',
          description: 'Write nothing unless the expected attributes have the expected values',
        },
        {
          name: 'Only If Missing',
          value: 'onlyIfMissing',
          description: 'Set each attribute only where it is missing or empty',
        },
      ],
      default: 'always',
      description: `When to write. ${BEST_EFFORT}`,
    },
    {
      displayName: 'Conflict Policy',
      name: 'conflictPolicy',
      type: 'options',
      options: [
        { name: 'Fail', value: 'fail', description: 'Write nothing, and let the item fail' },
        { name: 'Keep Theirs', value: 'keepTheirs', description: 'Leave that attribute to them' },
        { name: 'Overwrite', value: 'overwrite', description: 'Set it to your value' },
      ],
      default: 'overwrite',
      description: `What to do about an attribute that somebody else set to another value after this node first read it, and before it writes. All other attributes are always kept. ${BEST_EFFORT}`,
    },
    {
      displayName: 'Expected Attributes',
      name: 'expectedAttributes',
      type: 'json',
      default: '{}',
      placeholder: 'e.g. { "status": "waiting" }',
      description:
        'For the condition "Only If Equals": one flat JSON object. An empty text stands for a missing attribute.',
    },
    {
      displayName: 'External Contact ID',
      name: 'externalContactId',
      type: 'string',
      default: '',
      placeholder: 'e.g. 5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a',
      description:
        'Links the participant to this external contact in the same write. Genesys Cloud says whether it is one. Not possible with Patch.',
    },
    {
      displayName: 'Return',
      name: 'return',
      type: 'options',
      options: [
        {
          name: 'Everything',
          value: 'everything',
          description: 'Also all attributes that the participant has now',
        },
        {
          name: 'Only What Changed',
          value: 'changed',
          description: 'No attributes that this step was not about',
        },
      ],
      default: 'everything',
      description:
        'What comes out. With Only What Changed, AI agents and execution logs see no other customer data.',
    },
    {
      displayName: 'Wait Until Visible',
      name: 'waitUntilVisible',
      type: 'boolean',
      default: true,
      description:
        'Whether to wait until the new values can be read. Only matters with Patch, which accepts a write some seconds before it shows.',
    },
    {
      displayName: 'Write Method',
      name: 'writeMethod',
      type: 'options',
      options: [
        {
          name: 'Auto',
          value: 'auto',
          description: 'Versioned where the organization offers it, else Patch',
        },
        {
          name: 'Patch',
          value: 'patch',
          description: 'Writes single attributes, without a version to protect them',
        },
        {
          name: 'Versioned',
          value: 'versioned',
          description: 'Writes the participant on condition of its version',
        },
      ],
      default: 'auto',
      description: 'How to write to Genesys Cloud',
    },
  ],
};

/** The collection as the user filled it in, with the defaults for the rest. */
export interface Options extends Omit<WantedAttributes, 'set'> {
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
    condition: parseCondition(or('condition', 'always'), or('expectedAttributes', {})),
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

function parseCondition(condition: unknown, expectedAttributes: unknown): Condition {
  const kind = parseChoice('Condition', condition, ['always', 'onlyIfMissing', 'onlyIfEquals']);
  if (kind !== 'onlyIfEquals') return { kind };
  const expected = isBlank(expectedAttributes)
    ? new Map<string, string>()
    : parseExpected('Expected Attributes', expectedAttributes);
  // A condition with nothing to compare is none.
  return expected.size > 0 ? { kind, expected } : { kind: 'always' };
}

function parseFlag(parameter: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw unfit(parameter, value, 'is neither true nor false.');
}
