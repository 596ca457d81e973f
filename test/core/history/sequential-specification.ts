import { type Call, type Content, COUNT, countOf, goalOf, holds, LOG } from './operation';

/** What a call does to a record that nobody else touches. */
export type Effect =
  | { readonly kind: 'written'; readonly next: Content }
  | { readonly kind: 'unchanged'; readonly found: Content }
  | { readonly kind: 'refused'; readonly found: string };

export function perform(call: Call, state: Content): Effect {
  switch (call.kind) {
    case 'set':
      return Object.entries(call.values).every(([name, value]) => state[name] === value)
        ? { kind: 'unchanged', found: call.values }
        : { kind: 'written', next: { ...state, ...call.values } };
    case 'append':
      return { kind: 'written', next: { ...state, [LOG]: (state[LOG] ?? '') + call.token } };
    case 'count':
      return { kind: 'written', next: { ...state, [COUNT]: `${countOf(state) + call.by}` } };
    case 'setIfMissing': {
      const found = state[call.name];
      return found === undefined
        ? { kind: 'written', next: { ...state, [call.name]: call.value } }
        : { kind: 'unchanged', found: { [call.name]: found } };
    }
    case 'setIfEquals': {
      const found = state[call.name] ?? '';
      if (found !== call.expected) return { kind: 'refused', found };
      return call.value === call.expected
        ? { kind: 'unchanged', found: { [call.name]: found } }
        : { kind: 'written', next: { ...state, [call.name]: call.value } };
    }
    case 'remove':
      return holds(state, goalOf(call))
        ? { kind: 'unchanged', found: goalOf(call) }
        : { kind: 'written', next: without(state, call.names) };
    case 'removeIfEquals': {
      const found = state[call.name] ?? '';
      return found === call.expected
        ? { kind: 'written', next: without(state, [call.name]) }
        : { kind: 'refused', found };
    }
    case 'setUnlessOthers':
      return state[call.name] === call.value
        ? { kind: 'unchanged', found: goalOf(call) }
        : { kind: 'written', next: { ...state, [call.name]: call.value } };
  }
}

/** Whether a state may still become another one, as far as logs and counts tell, which only grow. */
export function mayBecome(state: Content, later: Content): boolean {
  return (later[LOG] ?? '').startsWith(state[LOG] ?? '') && countOf(state) <= countOf(later);
}

function without(state: Content, names: readonly string[]): Content {
  return Object.fromEntries(Object.entries(state).filter(([name]) => !names.includes(name)));
}
