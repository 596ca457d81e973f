import { type Change, textOf } from '../../core';
import type { AttributeNote } from './attribute-change';
import { spelt } from '../conversations/ids';
import { CONTACT_PART, type ParticipantRaw } from './participant-parts';

/**
 * Links a participant to an external contact, or takes the link away, whatever it is now.
 *
 * @param externalContactId `null` for none
 */
export function contactChange(
  externalContactId: string | null,
): Change<ParticipantRaw, AttributeNote> {
  const to = externalContactId === null ? null : spelt(externalContactId);
  const note = { kept: new Map() };
  return {
    idempotent: true,
    apply: ({ parts }) =>
      textOf(parts, CONTACT_PART) === (to ?? '')
        ? { kind: 'unchanged', note, restsOn: [CONTACT_PART] }
        : {
            kind: 'write',
            delta: new Map([[CONTACT_PART, { from: parts.get(CONTACT_PART) ?? null, to }]]),
            note,
          },
  };
}
