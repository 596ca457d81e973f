import { appendChange } from '../../../genesys/stores/append-change';
import { incrementChange } from '../../../genesys/stores/increment-change';
import type { WithoutVersion } from '../../../genesys/stores/single-attribute';

/** Adds one to an attribute. */
export const countUp = (attribute: string, withoutVersion: WithoutVersion = 'refuse') =>
  incrementChange({
    attribute,
    amount: { units: 1n, places: 0 },
    startValue: { units: 0n, places: 0 },
    withoutVersion,
  });

/** Adds an entry to an attribute, after a comma, also where there is such a one. */
export const addEntry = (
  attribute: string,
  value: string,
  withoutVersion: WithoutVersion = 'refuse',
) =>
  appendChange({
    attribute,
    value,
    separator: ',',
    skipDuplicates: false,
    maxLength: Infinity,
    withoutVersion,
  });
