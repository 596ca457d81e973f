import type { UpdateErrorReason } from '../../../core';
import type { Snapshot } from '../flat';

/** What a record of the model holds: named attributes. */
export type Content = Readonly<Record<string, string>>;

/** The attribute that appends go to; nothing else touches it. */
export const LOG = 'log';

/** The attribute that counts go to; nothing else touches it. Where it is missing, it is 0. */
export const COUNT = 'count';

/**
 * What a caller wants. A value that only one caller writes tells in whose name it was committed;
 * claims of equal values, removals and counts tell nothing of the kind.
 * A `setIfEquals` of the value that it expects is a set of what is there already.
 */
export type Call =
  | { readonly kind: 'set'; readonly values: Content }
  | { readonly kind: 'append'; readonly token: string }
  /** Upwards only, so that no number comes twice. */
  | { readonly kind: 'count'; readonly by: number }
  | { readonly kind: 'setIfMissing'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'setIfEquals';
      readonly name: string;
      readonly expected: string;
      readonly value: string;
    }
  | { readonly kind: 'remove'; readonly names: readonly string[] }
  | { readonly kind: 'removeIfEquals'; readonly name: string; readonly expected: string }
  /** Gives way to what a stranger has set since this caller first saw the record. */
  | {
      readonly kind: 'setUnlessOthers';
      readonly name: string;
      readonly value: string;
      readonly otherwise: 'keep' | 'refuse';
    };

/** A call that has taken no effect, and why. */
export interface Failed {
  readonly kind: 'failed';
  readonly reason: Exclude<UpdateErrorReason, 'indeterminate'>;
  /** Set where the caller was told that there is no such record. */
  readonly isAbsent?: true;
}

/** How a call ended, as its caller was told. */
export type Outcome =
  | {
      readonly kind: 'written';
      readonly shows: Snapshot<Content>;
      /** What a caller who counts was told to have counted to. */
      readonly counted?: number;
    }
  /** An attribute that is missing is found to be ''. */
  | { readonly kind: 'unchanged'; readonly found: Content; readonly shows: Snapshot<Content> }
  | { readonly kind: 'refused'; readonly found: string }
  | Failed
  /** May take effect at any time after its invocation, or never. */
  | { readonly kind: 'unknown' };

/** One line of a history. Moments are numbers in the order of the journal, so that there are no ties. */
export interface Operation<Told = Outcome> {
  readonly client: string;
  readonly record: string;
  readonly call: Call;
  readonly invoked: number;
  readonly invokedMs: number;
  readonly answered: number;
  readonly answeredMs: number;
  readonly outcome: Told;
}

/** The attributes that a call would set. */
export function valuesOf(call: Call): Content {
  switch (call.kind) {
    case 'set':
      return call.values;
    case 'append':
    case 'count':
    case 'remove':
    case 'removeIfEquals':
      return {};
    case 'setIfMissing':
    case 'setUnlessOthers':
      return { [call.name]: call.value };
    case 'setIfEquals':
      return call.expected === call.value ? {} : { [call.name]: call.value };
  }
}

/** What a call leaves behind, whoever brings it about; a name that is removed is ''. */
export function goalOf(call: Call): Content {
  return { ...valuesOf(call), ...Object.fromEntries(removedBy(call).map((name) => [name, ''])) };
}

/** The attributes that a call would remove. */
export function removedBy(call: Call): readonly string[] {
  switch (call.kind) {
    case 'remove':
      return call.names;
    case 'removeIfEquals':
      return [call.name];
    default:
      return [];
  }
}

/** Whether a call writes only under a condition of its own. */
export function isConditional({ kind }: Call): boolean {
  return kind === 'setIfMissing' || kind === 'setIfEquals' || kind === 'removeIfEquals';
}

/** Whether only a commit of its own makes a call `written`, and only one. */
export function mustBeItsOwn(call: Call): boolean {
  return !isIdempotent(call) || isConditional(call);
}

/** Whether applying a call twice leaves the same as applying it once. */
export function isIdempotent({ kind }: Call): boolean {
  return kind !== 'append' && kind !== 'count';
}

/** What a state has counted to. */
export function countOf(state: Content): number {
  return Number(state[COUNT] ?? 0);
}

/** Whether a state shows these values; an attribute that is missing is ''. */
export function holds(state: Content, values: Content): boolean {
  return Object.entries(values).every(([name, value]) => (state[name] ?? '') === value);
}
