import type { Change, Flat } from '../flat';
import { type Call, type Content, COUNT, isConditional, isIdempotent, valuesOf } from './operation';
import { type Effect, perform } from './sequential-specification';

/** Carries a call out as a change. Its report is what it wrote or, where it wrote nothing, found. */
export function changeOf(call: Call): Change<Content, Content> {
  return {
    idempotent: isIdempotent(call),
    conditional: isConditional(call),
    apply: ({ state }, { first, now, theirs }) => {
      const effect = givingWay(call, first.state, now.state, theirs) ?? perform(call, state);
      switch (effect.kind) {
        case 'written':
          return { kind: 'write', next: effect.next, report: reportOf(call, effect.next) };
        case 'unchanged':
          return { kind: 'unchanged', report: effect.found };
        case 'refused':
          return { kind: 'refused', reason: effect.found };
      }
    },
  };
}

/** What it wrote. */
function reportOf(call: Call, next: Content): Content {
  return call.kind === 'count' ? { [COUNT]: next[COUNT] ?? '' } : valuesOf(call);
}

/** What there is to say where a stranger came first, if that matters to the call. */
function givingWay(call: Call, first: Content, now: Content, strangers: Flat): Effect | undefined {
  if (call.kind !== 'setUnlessOthers') return undefined;
  const { name, value, otherwise } = call;
  if (now[name] === first[name] || now[name] === value) return undefined;
  const theirs = String(strangers[name] ?? now[name] ?? '');
  return otherwise === 'keep'
    ? { kind: 'unchanged', found: { [name]: theirs } }
    : { kind: 'refused', found: theirs };
}
