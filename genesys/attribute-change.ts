import type { Change } from '../core';
import { type Attributes, sameAttributes } from './attributes';

/** What a participant holds, as far as an update is concerned. */
export interface ParticipantState {
  readonly participantId: string;
  readonly attributes: Attributes;
  readonly externalContactId: string | null;
  /** Set where the external contact is to be written too; left alone otherwise. */
  readonly writesExternalContact?: true;
}

/** What the user wants. */
export interface WantedAttributes {
  readonly set: Attributes;
  readonly externalContactId?: string;
}

/** What an update did to single attributes. */
export interface AttributeReport {
  /** Attributes that were changed; `from` is `null` for a new one. */
  readonly changed: ReadonlyMap<string, { readonly from: string | null; readonly to: string }>;
}

/** Sets attributes and leaves all others as they are. */
export function attributeChange<State extends ParticipantState>(
  wanted: WantedAttributes,
): Change<State, AttributeReport> {
  return {
    idempotent: true,
    apply: ({ state }) => {
      const attributes = new Map([...state.attributes, ...wanted.set]);
      const changed = new Map(
        [...wanted.set]
          .filter(([name, value]) => state.attributes.get(name) !== value)
          .map(([name, to]) => [name, { from: state.attributes.get(name) ?? null, to }]),
      );
      const { externalContactId } = wanted;
      const sameContact =
        externalContactId === undefined || externalContactId === state.externalContactId;
      if (sameContact && sameAttributes(attributes, state.attributes)) {
        return { kind: 'unchanged', report: { changed } };
      }
      return {
        kind: 'write',
        next: {
          ...state,
          attributes,
          externalContactId: externalContactId ?? state.externalContactId,
          ...(externalContactId !== undefined && { writesExternalContact: true }),
        },
        report: { changed },
      };
    },
  };
}
