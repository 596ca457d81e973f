import type { INodeProperties } from 'n8n-workflow';

import {
  condition,
  conflictPolicy,
  ifNotMet,
  missingValues,
  removalCondition,
  returned,
  writeMethod,
} from './choices';

export const DEFAULT_CONCURRENCY = 10;

const EXPECTED = {
  displayName: 'Expected Attributes',
  name: 'expectedAttributes',
  description:
    'What attributes must be for anything to be written. An empty text stands for a missing attribute.',
};

/**
 * Never shown. Without it n8n itself would drop what a hand-written workflow has without the condition,
 * and the item would be written as if the condition were met.
 */
const EXPECTED_IN_VAIN: INodeProperties = {
  ...EXPECTED,
  type: 'hidden',
  default: '',
  displayOptions: { hide: { condition: ['onlyIfEquals'] } },
};

/** Options that say what is to be done. */
const JOB: readonly INodeProperties[] = [
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
  condition.property,
  {
    ...EXPECTED,
    type: 'assignmentCollection',
    typeOptions: { assignment: { hideType: true, disableType: true, defaultType: 'string' } },
    default: {},
    displayOptions: { show: { condition: ['onlyIfEquals'], '/inputMode': ['fields'] } },
  },
  {
    ...EXPECTED,
    type: 'json',
    default: '{}',
    placeholder: 'e.g. { "status": "waiting" }',
    displayOptions: { show: { condition: ['onlyIfEquals'], '/inputMode': ['json'] } },
  },
  EXPECTED_IN_VAIN,
  ifNotMet.property,
  conflictPolicy.property,
  {
    displayName: 'External Contact ID',
    name: 'externalContactId',
    type: 'string',
    default: '',
    placeholder: 'e.g. 5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a',
    description:
      'Links the participant to this external contact. Only Genesys Cloud checks whether it exists. With Patch that is a write of its own, after the attributes.',
  },
  missingValues.property,
  {
    displayName: 'Only If Connected',
    name: 'onlyIfConnected',
    type: 'boolean',
    default: false,
    description:
      'Whether to refuse the item where the participant has left. Somebody who is still on the way, e.g. whose phone is ringing, is written to.',
  },
  returned.property,
];

/** Options that say how it is to be done. */
const TUNING: readonly INodeProperties[] = [
  {
    displayName: 'Concurrency',
    name: 'concurrency',
    type: 'number',
    typeOptions: { minValue: 1, maxValue: 1000 },
    default: DEFAULT_CONCURRENCY,
    description:
      'Tuning. How many participants to work on at the same time. All items of one participant are combined, usually into one read and one write.',
  },
  {
    displayName: 'Wait Until Visible',
    name: 'waitUntilVisible',
    type: 'boolean',
    default: true,
    description:
      'Whether to wait until the new values can be read (tuning). Only matters with Patch, which accepts a write some seconds before it shows.',
  },
  writeMethod.property,
];

/** The terms on which attributes are removed: those of Set Attributes that make sense there. */
export const removalTerms: readonly INodeProperties[] = [
  removalCondition.property,
  {
    ...EXPECTED,
    type: 'json',
    default: '{}',
    placeholder: 'e.g. { "status": "waiting" }',
    displayOptions: { show: { condition: ['onlyIfEquals'] } },
  },
  EXPECTED_IN_VAIN,
  ifNotMet.property,
  conflictPolicy.property,
];

/**
 * The collection "Options" of an operation that has not all of them.
 *
 * @param job what is its own
 * @param names what it shares with Set Attributes, of what belongs to the job
 */
export function optionsOf(
  job: readonly INodeProperties[],
  names: readonly string[],
): INodeProperties {
  const shared = JOB.filter(({ name }) => names.includes(name));
  return { ...optionsProperty, options: [...job, ...shared, ...TUNING] };
}

/** The collection "Options": what belongs to the job, then what is tuning. */
export const optionsProperty: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add Option',
  default: {},
  options: [...JOB, ...TUNING],
};
