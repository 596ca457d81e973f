import { type Call, type Content, LOG } from './operation';

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
  }
}
