import type { Content, Failed, Operation } from '../operation';

/** How a call to a record without versions ended, as its caller was told. */
export type PatchOutcome =
  /** Accepted, and seen. */
  | { readonly kind: 'written' }
  /** Accepted, and nobody was to wait until it is seen. */
  | { readonly kind: 'accepted' }
  /** Accepted, and at the bound another's values stood in some attributes; one that is missing is ''. */
  | { readonly kind: 'superseded'; readonly found: Content }
  /** Accepted, but the time was over before it was seen. */
  | { readonly kind: 'unseen' }
  | { readonly kind: 'unchanged'; readonly found: Content }
  | { readonly kind: 'refused'; readonly found: string }
  | Failed
  /** May take effect at any time after its invocation, or never. */
  | { readonly kind: 'unknown' };

/** One line of a history without versions. */
export type PatchOperation = Operation<PatchOutcome>;

/** Whether its caller was not told that nothing was written. */
export function mayHaveWritten({ outcome: { kind } }: PatchOperation): boolean {
  return kind !== 'failed' && kind !== 'unchanged' && kind !== 'refused';
}
