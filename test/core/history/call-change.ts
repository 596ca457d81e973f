import type { Change } from '../flat';
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
  };
}
