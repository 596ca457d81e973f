import type { UpdateErrorReason } from '../../../core';
import type { Snapshot } from '../flat';

/** What a record of the model holds: named attributes. */
export type Content = Readonly<Record<string, string>>;

/** The attribute that appends go to; nothing else touches it. */
export const LOG = 'log';

/**
 * What a caller wants. Every value that is written is unique, so a commit tells whose work it is.
 * A `setIfEquals` of the value that it expects is a set of what is there already.
 */
export type Call =
  | { readonly kind: 'set'; readonly values: Content }
  | { readonly kind: 'append'; readonly token: string }
  | { readonly kind: 'setIfMissing'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'setIfEquals';
      readonly name: string;
      readonly expected: string;
      readonly value: string;
    };

/** How a call ended, as its caller was told. */
export type Outcome =
  | { readonly kind: 'written'; readonly shows: Snapshot<Content> }
  | { readonly kind: 'unchanged'; readonly found: Content; readonly shows: Snapshot<Content> }
  /** An attribute that is missing is found to be ''. */
  | { readonly kind: 'refused'; readonly found: string }
  | { readonly kind: 'failed'; readonly reason: Exclude<UpdateErrorReason, 'indeterminate'> }
  /** May take effect at any time after its invocation, or never. */
  | { readonly kind: 'unknown' };

/** One line of a history. Moments are numbers in the order of the journal, so that there are no ties. */
export interface Operation {
  readonly client: string;
  readonly record: string;
  readonly call: Call;
  readonly invoked: number;
  readonly answered: number;
  readonly answeredMs: number;
  readonly outcome: Outcome;
}

/** The attributes that a call would write, each with its unique value. */
export function valuesOf(call: Call): Content {
  switch (call.kind) {
    case 'set':
      return call.values;
    case 'append':
      return {};
    case 'setIfMissing':
      return { [call.name]: call.value };
    case 'setIfEquals':
      return call.expected === call.value ? {} : { [call.name]: call.value };
  }
}
