import type { Change, Delta, Snapshot, Verdict, View } from '../../../core';
import {
  attributeChange,
  type AttributeNote,
  type WantedAttributes,
} from '../../../genesys/stores/attribute-change';
import type { ParticipantRaw } from '../../../genesys/stores/participant-parts';

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

/** A wish as it is shown a record that nobody has changed since its first read. */
export function verdictOf(
  snapshot: Pick<Snapshot<ParticipantRaw>, 'parts' | 'raw'>,
  wanted: WantedAttributes,
  more: Partial<View<ParticipantRaw>> = {},
): Verdict<AttributeNote> {
  return verdictOn(snapshot, attributeChange(wanted), more);
}

/** The same of any change. */
export function verdictOn(
  { parts, raw }: Pick<Snapshot<ParticipantRaw>, 'parts' | 'raw'>,
  change: Change<ParticipantRaw, AttributeNote>,
  more: Partial<View<ParticipantRaw>> = {},
): Verdict<AttributeNote> {
  const written = new Map<string, never>();
  const view = {
    parts,
    read: parts,
    first: parts,
    theirs: new Map(),
    written,
    raw,
    isOurs: () => false,
    alternative: () => undefined,
    isUnseen: () => false,
    ...more,
  };
  return change.apply(view);
}

/** What is to be written for a wish. */
export function wish(base: Snapshot<ParticipantRaw>, wanted: WantedAttributes): Delta {
  const verdict = verdictOf(base, wanted);
  if (verdict.kind !== 'write') throw new Error(`nothing to write, but ${verdict.kind}`);
  return verdict.delta;
}
