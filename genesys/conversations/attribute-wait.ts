import {
  chooseParticipant,
  type ConversationDocument,
  type ConversationParticipant,
  hasEnded,
  type ParticipantChoice,
  presenceOf,
} from './conversation';
import { attributesOf } from './simplified';

/** What an attribute is waited for to be. One that is missing and one that is empty are the same. */
export type Awaited =
  | { readonly kind: 'exists' }
  | { readonly kind: 'equals'; readonly value: string }
  | { readonly kind: 'differs'; readonly value: string };

/** Whose attribute it is, and what it is now. */
export interface AttributeThere {
  readonly participant: ConversationParticipant;
  readonly value: unknown;
}

/** What was waited on is over. */
export class Ended extends Error {
  override readonly name = 'Ended';

  /** @param reads how often it was looked for */
  constructor(
    readonly what: 'participant' | 'conversation',
    readonly reads: number,
  ) {
    super(
      `The ${what === 'conversation' ? 'conversation has ended' : 'participant has left'}, and the attribute was not as awaited.`,
    );
  }
}

/** Waits for an attribute of one participant: whoever was found first stays the one that is meant. */
export class AttributeWait {
  private reads = 0;

  constructor(
    private readonly conversationId: string,
    private choice: ParticipantChoice,
    private readonly attribute: string,
    private readonly awaited: Awaited,
  ) {}

  /**
   * @returns `undefined` where it is not there yet
   * @throws {GenesysError} where there is no such participant
   * @throws {Ended} where it will not come any more
   */
  judge(conversation: ConversationDocument): AttributeThere | undefined {
    this.reads++;
    const { participants } = conversation;
    const participant = chooseParticipant(participants, this.conversationId, this.choice);
    this.choice = { id: participant.id };
    const attributes = attributesOf(participant);
    const isThere = Object.hasOwn(attributes, this.attribute);
    const value = isThere ? (attributes[this.attribute] ?? null) : null;
    if (isAsAwaited(value, this.awaited)) return { participant, value };
    if (hasEnded(conversation)) throw new Ended('conversation', this.reads);
    if (presenceOf(participant) === 'left') throw new Ended('participant', this.reads);
    return undefined;
  }
}

function isAsAwaited(value: unknown, awaited: Awaited): boolean {
  const text = value ?? '';
  return awaited.kind === 'exists'
    ? text !== ''
    : (text === awaited.value) === (awaited.kind === 'equals');
}
