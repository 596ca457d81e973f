import { z } from 'zod/v4';
import type { Attributes } from './attributes';
import { wrapped } from './attributes';
import type { Fault } from './faults';
import type { Settings } from './settings';

/** How a participant without attributes is shown: with none, without the key, or with null. */
export const emptyAttributesSchema = z.enum(['object', 'absent', 'null']);

/** How attributes are shown. */
export interface AttributeDisplay {
  /** As if there were none. */
  readonly hidden: boolean;
  readonly empty: z.infer<typeof emptyAttributesSchema>;
}

export function displayFor(fault: Fault | undefined, settings: Settings): AttributeDisplay {
  return fault?.kind === 'hideAttributes'
    ? { hidden: true, empty: fault.as }
    : { hidden: false, empty: settings.emptyAttributes };
}

/** Undefined where the key is to be left out. */
export function displayed(
  attributes: Attributes,
  { wrapped: wraps, display }: { wrapped: boolean; display: AttributeDisplay },
) {
  const shown = display.hidden ? {} : attributes;
  if (Object.keys(shown).length === 0) {
    if (display.empty === 'absent') return undefined;
    if (display.empty === 'null') return null;
  }
  return wraps ? wrapped(shown) : shown;
}
