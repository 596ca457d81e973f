import type { Snapshot } from '../../core';
import {
  attributeChange,
  type ParticipantState,
  type WantedAttributes,
} from '../../genesys/attribute-change';

/** A wish for nothing but what is given. */
export function wanting(wanted: Partial<WantedAttributes>): WantedAttributes {
  return {
    set: new Map(),
    remove: new Set(),
    conflictPolicy: 'overwrite',
    condition: { kind: 'always' },
    ...wanted,
  };
}

/** The wish to set these attributes. */
export const set = (entries: Record<string, string>) =>
  wanting({ set: new Map(Object.entries(entries)) });

/** The wish to remove these attributes. */
export const remove = (...names: string[]) => wanting({ remove: new Set(names) });

/** The state to write for a wish. */
export function wish(base: Snapshot<ParticipantState>, wanted: WantedAttributes): ParticipantState {
  const verdict = attributeChange(wanted).apply(base, { first: base, now: base }, undefined);
  if (verdict.kind !== 'write') throw new Error(`nothing to write, but ${verdict.kind}`);
  return verdict.next;
}
