import type { Change } from '../../../core';
import { type Call, type Content, valuesOf } from './operation';
import { perform } from './sequential-specification';

/** Carries a call out as a change. Its report is what it wrote or, where it wrote nothing, found. */
export function changeOf(call: Call): Change<Content, Content> {
  const values = valuesOf(call);
  return {
    idempotent: call.kind !== 'append',
    apply: ({ state }) => {
      const effect = perform(call, state);
      switch (effect.kind) {
        case 'written':
          return { kind: 'write', next: effect.next, report: values };
        case 'unchanged':
          return { kind: 'unchanged', report: effect.found };
        case 'refused':
          return { kind: 'refused', reason: effect.found };
      }
    },
    shown: (report, { state }) => shownOf(report, state),
    merge: (earlier, later) => ({ ...earlier, ...later }),
  };
}

/** How many of these values a state holds. */
export function shownOf(values: Content, state: Content): 'all' | 'part' | 'nothing' {
  const signs = Object.entries(values).map(([name, value]) => state[name] === value);
  if (signs.every(Boolean)) return 'all';
  return signs.some(Boolean) ? 'part' : 'nothing';
}
