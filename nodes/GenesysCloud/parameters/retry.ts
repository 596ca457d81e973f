import type { INodeProperties } from 'n8n-workflow';

import { strategies, type UpdatePolicy } from '../../../core';
import { strategy } from './choices';
import { parseCollection } from '../../parameters/collection';
import { wholeNumber } from '../../parameters/whole-number';

const HOUR_MS = 3_600_000;

const DEFAULTS = {
  maxAttempts: 30,
  baseDelay: 100,
  maxDelay: 5000,
  totalTimeout: 30_000,
  requestTimeout: 10_000,
  patience: 1000,
};

/** The collection "Retry and Backoff", and the notice that belongs to it. */
export const retryProperties: readonly INodeProperties[] = [
  {
    displayName:
      'This node retries by itself. Leave "Retry On Fail" in its settings off: that runs all items again.',
    name: 'retryNotice',
    type: 'notice',
    default: '',
  },
  {
    displayName: 'Retry and Backoff',
    name: 'retry',
    type: 'collection',
    placeholder: 'Add Setting',
    default: {},
    options: [
      {
        displayName: 'Base Delay (ms)',
        name: 'baseDelay',
        type: 'number',
        typeOptions: { minValue: 0, maxValue: HOUR_MS },
        default: DEFAULTS.baseDelay,
        description:
          'What the waits start from. Adaptive takes it as the smallest unit of its waits after faults, and after conflicts where there is no version (Write Method Patch). With a version it goes by the measured reply times alone.',
      },
      {
        displayName: 'Max Attempts',
        name: 'maxAttempts',
        type: 'number',
        typeOptions: { minValue: 1, maxValue: 1000 },
        default: DEFAULTS.maxAttempts,
        description: 'How often to read and write at most, the first try included',
      },
      {
        displayName: 'Max Delay (ms)',
        name: 'maxDelay',
        type: 'number',
        typeOptions: { minValue: 0, maxValue: HOUR_MS },
        default: DEFAULTS.maxDelay,
        description:
          'No single wait is longer than this, unless Genesys Cloud itself asks for a longer one',
      },
      {
        displayName: 'Patience for What Is New (ms)',
        name: 'patience',
        type: 'number',
        typeOptions: { minValue: 0, maxValue: HOUR_MS },
        default: DEFAULTS.patience,
        description:
          'A conversation or participant that is not found may be too new. It is looked for once more after this time, which does not count as an attempt. Use 0 to fail at once. There is no second look if Max Attempts is 1, if the total timeout leaves no time for it, or after ten were not found in the same run.',
      },
      {
        displayName: 'Request Timeout (ms)',
        name: 'requestTimeout',
        type: 'number',
        typeOptions: { minValue: 1, maxValue: HOUR_MS },
        default: DEFAULTS.requestTimeout,
        description:
          'How long to wait for the reply to a single request. If a write gets none, the node reads to find out whether it was applied.',
      },
      strategy.property,
      {
        displayName: 'Total Timeout (ms)',
        name: 'totalTimeout',
        type: 'number',
        typeOptions: { minValue: 1, maxValue: HOUR_MS },
        default: DEFAULTS.totalTimeout,
        description:
          'How long one update may take, with all its attempts and waits, also the wait for Requests per Minute. Use 70000 or more for more than 100 participants at once.',
      },
    ],
  },
];

/** What the collection says. */
export interface RetrySettings {
  readonly policy: UpdatePolicy;
  /** In ms, for a conversation or participant that is not there yet. */
  readonly patienceMs: number;
}

/**
 * The collection as the user filled it in, with the defaults for the rest.
 *
 * @throws {InvalidParameter}
 */
export function parseRetry(collection: unknown): RetrySettings {
  const chosen = parseCollection('Retry and Backoff', collection);
  const given = { ...DEFAULTS, ...chosen };
  const bounds = {
    baseMs: wholeNumber('Base Delay (ms)', given.baseDelay, 0, HOUR_MS),
    maxMs: wholeNumber('Max Delay (ms)', given.maxDelay, 0, HOUR_MS),
  };
  const policy = {
    maxAttempts: wholeNumber('Max Attempts', given.maxAttempts, 1, 1000),
    totalTimeoutMs: wholeNumber('Total Timeout (ms)', given.totalTimeout, 1, HOUR_MS),
    requestTimeoutMs: wholeNumber('Request Timeout (ms)', given.requestTimeout, 1, HOUR_MS),
    backoff: strategies[strategy.in(chosen)](bounds),
  };
  const patienceMs = wholeNumber('Patience for What Is New (ms)', given.patience, 0, HOUR_MS);
  return { policy, patienceMs };
}
