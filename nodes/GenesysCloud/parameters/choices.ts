import type { StrategyName } from '../../../core';
import type { Condition, ConflictPolicy } from '../../../genesys/stores/attribute-change';
import type { WithoutVersion } from '../../../genesys/stores/single-attribute';
import type { WriteMethod } from '../../../genesys/stores/write-method';
import { choiceOf } from '../../parameters/choice';

/** What becomes of an attribute to set whose value is missing, or has a hole. */
export type MissingValues = 'refuse' | 'skip' | 'empty';

/** What comes out of the attributes: all, or only those that the item was about. */
export type Returned = 'everything' | 'changed';

const BEST_EFFORT =
  'Certain where writes are versioned. Best effort with Patch, which has no version to rely on.';

/** When to write. */
export const condition = choiceOf<Condition['kind']>(
  {
    displayName: 'Condition',
    name: 'condition',
    default: 'always',
    description: `When to write. ${BEST_EFFORT}`,
  },
  {
    always: { name: 'Always', description: 'Write whatever is there' },
    onlyIfMissing: {
      name: 'Only If Missing',
      description: 'Set each attribute only where it is missing or empty',
    },
    onlyIfEquals: {
      name: 'Only If Equals',
      description:
        'Write nothing unless attributes have the values that you add as Expected Attributes',
    },
  },
);

/** When to remove. */
export const removalCondition = choiceOf<Exclude<Condition['kind'], 'onlyIfMissing'>>(
  {
    displayName: 'Condition',
    name: 'condition',
    default: 'always',
    description: `When to remove. ${BEST_EFFORT}`,
  },
  {
    always: { name: 'Always', description: 'Remove whatever is there' },
    onlyIfEquals: {
      name: 'Only If Equals',
      description:
        'Remove nothing unless attributes have the values that you add as Expected Attributes',
    },
  },
);

/** What to do where two who count or append at once could lose a step. */
export const withoutVersion = choiceOf<WithoutVersion>(
  {
    displayName: 'Without a Version',
    name: 'withoutVersion',
    default: 'refuse',
    description:
      'What to do where Genesys Cloud has no version for participants. There, two systems that change the same attribute at once can lose one of the two changes, and nobody sees it.',
  },
  {
    refuse: { name: 'Refuse', description: 'The item fails, and nothing is written' },
    bestEffort: {
      name: 'Best Effort',
      description:
        'Do it all the same: exact among the updates of this n8n process as long as nobody else writes the attribute',
    },
  },
);

/** What becomes of an item whose condition is not met. */
export const ifNotMet = choiceOf<'fail' | 'skip'>(
  {
    displayName: 'If Not Met',
    name: 'ifNotMet',
    default: 'fail',
    description: 'What becomes of an item whose expected attributes have other values',
    displayOptions: { show: { condition: ['onlyIfEquals'] } },
  },
  {
    fail: { name: 'Fail', description: 'The item fails, and nothing is written' },
    skip: { name: 'Skip', description: 'The item comes out as unchanged, with what was found' },
  },
);

/** What to do about what somebody else has set meanwhile. */
export const conflictPolicy = choiceOf<ConflictPolicy>(
  {
    displayName: 'Conflict Policy',
    name: 'conflictPolicy',
    default: 'overwrite',
    description: `What to do about an attribute that somebody else set to another value after this node first read it, and before it writes. All other attributes are always kept. ${BEST_EFFORT}`,
  },
  {
    overwrite: { name: 'Overwrite', description: 'Set it to your value' },
    keepTheirs: { name: 'Keep Theirs', description: 'Leave theirs as it is' },
    fail: { name: 'Fail', description: 'Write nothing, and let the item fail' },
  },
);

/** What to do where an expression gives nothing. */
export const missingValues = choiceOf<MissingValues>(
  {
    displayName: 'Missing Values',
    name: 'missingValues',
    default: 'refuse',
    description:
      'What to do where {{ }} gives nothing, in a value to set or in a part of one. In a name, an ID or an expected attribute it is always refused.',
  },
  {
    refuse: { name: 'Refuse', description: 'The item fails before anything is sent' },
    skip: { name: 'Skip', description: 'That attribute is left alone' },
    empty: { name: 'Empty', description: 'An empty text stands in its place' },
  },
);

/** Whether all attributes come out, or only those that the item was about. */
export const returned = choiceOf<Returned>(
  {
    displayName: 'Return',
    name: 'return',
    default: 'everything',
    description:
      'What comes out. With Only What Changed, AI agents and execution logs see no other customer data.',
  },
  {
    everything: {
      name: 'Everything',
      description: 'All attributes as they are now',
    },
    changed: {
      name: 'Only What Changed',
      description: 'Leaves out all attributes that this step was not about',
    },
  },
);

/** How to write; `auto` is whichever way the organization offers. */
export const writeMethod = choiceOf<WriteMethod | 'auto'>(
  {
    displayName: 'Write Method',
    name: 'writeMethod',
    default: 'auto',
    description: 'Tuning. How to write to Genesys Cloud.',
  },
  {
    auto: { name: 'Auto', description: 'Versioned where the organization offers it, else Patch' },
    versioned: {
      name: 'Versioned',
      description: 'Writes the participant on condition of its version',
    },
    patch: {
      name: 'Patch',
      description: 'Writes single attributes, without a version to protect them',
    },
  },
);

/** How attributes are given. */
export const inputMode = choiceOf<'fields' | 'json'>(
  {
    displayName: 'Attributes As',
    name: 'inputMode',
    noDataExpression: true,
    default: 'fields',
    description: 'How to give the attributes',
  },
  {
    fields: { name: 'Fields', description: 'One row for each attribute' },
    json: { name: 'JSON', description: 'One JSON object with all of them' },
  },
);

/** How long to wait before the next attempt. */
export const strategy = choiceOf<StrategyName>(
  {
    displayName: 'Strategy',
    name: 'strategy',
    default: 'adaptive',
    description: 'How long to wait before the next attempt',
  },
  {
    adaptive: {
      name: 'Adaptive',
      description:
        'Estimates from each reply how many others write, and waits just long enough for them',
    },
    exponential: {
      name: 'Exponential',
      description: 'Doubles the wait each time, up to the maximum',
    },
    fixed: { name: 'Fixed', description: 'Waits the base delay each time' },
    fullJitter: { name: 'Full Jitter', description: 'A random wait of up to the exponential one' },
  },
);
