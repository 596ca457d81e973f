import type { INodeProperties } from 'n8n-workflow';

export const DEFAULT_CONCURRENCY = 10;

const BEST_EFFORT =
  'Certain where writes are versioned. Best effort with Patch, which has no version to rely on.';

const EXPECTED = {
  displayName: 'Expected Attributes',
  name: 'expectedAttributes',
  description:
    'What attributes must be for anything to be written. An empty text stands for a missing attribute.',
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
  // Never shown. Without it n8n itself would drop what a hand-written workflow has without the
  // condition, and the item would be written as if the condition were met.
  {
    ...EXPECTED,
    type: 'hidden',
    default: '',
    displayOptions: { hide: { condition: ['onlyIfEquals'] } },
  },
  {
    displayName: 'If Not Met',
    name: 'ifNotMet',
    type: 'options',
    options: [
      { name: 'Fail', value: 'fail', description: 'The item fails, and says what was found' },
      {
        name: 'Skip',
        value: 'skip',
        description: 'The item comes out as unchanged, with what was found',
      },
    ],
    default: 'fail',
    description: 'What becomes of an item whose expected attributes have other values',
    displayOptions: { show: { condition: ['onlyIfEquals'] } },
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
    displayName: 'External Contact ID',
    name: 'externalContactId',
    type: 'string',
    default: '',
    placeholder: 'e.g. 5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a',
    description:
      'Links the participant to this external contact in the same write. Genesys Cloud says whether it is one. Not possible with Patch.',
  },
  {
    displayName: 'Missing Values',
    name: 'missingValues',
    type: 'options',
    options: [
      { name: 'Empty', value: 'empty', description: 'An empty text stands in its place' },
      { name: 'Refuse', value: 'refuse', description: 'The item fails before anything is sent' },
      { name: 'Skip', value: 'skip', description: 'That attribute is left alone' },
    ],
    default: 'refuse',
    description:
      'What to do where {{ }} gives nothing, in a value to set or in a part of one. In a name, an ID or an expected attribute it is always refused.',
  },
  {
    displayName: 'Only If Connected',
    name: 'onlyIfConnected',
    type: 'boolean',
    default: false,
    description:
      'Whether to refuse the item where the participant has left. One who is still on the way, e.g. rung, is written to.',
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
    description: 'Tuning. How to write to Genesys Cloud.',
  },
];

/** The collection "Options": what belongs to the job, then what is tuning. */
export const optionsProperty: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add Option',
  default: {},
  options: [...JOB, ...TUNING],
};
