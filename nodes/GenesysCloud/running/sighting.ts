import { type Change, isAbsent, type Locate, type LocateLimits, UpdateError } from '../../../core';
import type { ParticipantChoice, Standing } from '../../../genesys/conversations/conversation';
import type { LocatedParticipant } from '../../../genesys/stores/participant-record';
import type { ParticipantRaw } from '../../../genesys/stores/participant-parts';

type Seen = Pick<LocatedParticipant, 'conversationHasEnded' | 'participantId' | 'standing'>;

/** Notes what an update gets to see of its participant, be it in its conversation or by itself. */
export class Sighting {
  private wasSeen = false;
  private sawTheEnd = false;
  private seenId: string | undefined;
  private seenStanding: Standing = {};
  private sawLeft = false;

  /** Who it is, where a read has shown it. */
  get participantId(): string | undefined {
    return this.seenId;
  }

  /** As far as reads have shown it, the latest one first. */
  get standing(): Standing {
    return this.seenStanding;
  }

  /** Whether a read has shown that they have left. They do not come back, whatever a later one leaves out. */
  get hasLeft(): boolean {
    return this.sawLeft;
  }

  /** Whether a read has shown that the conversation is over. */
  get isAfterTheEnd(): boolean {
    return this.sawTheEnd;
  }

  /** Who is chosen by purpose is seen when found; an ID may be that of nobody. */
  finding(
    choice: ParticipantChoice,
    locate: (limits: LocateLimits) => Promise<LocatedParticipant>,
  ): Locate<ParticipantRaw> {
    return async (limits) => {
      const located = await locate(limits);
      if ('purpose' in choice || located.standing) this.note(located);
      return located;
    };
  }

  /**
   * A change is applied to nothing but what a read has shown.
   *
   * @param onlyIfConnected whether to refuse it where they have left
   */
  applying<Note>(
    change: Change<ParticipantRaw, Note>,
    onlyIfConnected: boolean,
  ): Change<ParticipantRaw, Note> {
    return {
      ...change,
      apply: (view) => {
        this.note(view.raw);
        return onlyIfConnected && this.hasLeft
          ? { kind: 'refused', reason: 'The participant has left the conversation.' }
          : change.apply(view);
      },
    };
  }

  /** Whether the update has ended because there is nobody, as far as it has seen. */
  isOfNobody(error: unknown): error is UpdateError {
    return (
      !this.wasSeen &&
      error instanceof UpdateError &&
      error.reason === 'permanent' &&
      error.lastFailure !== undefined &&
      isAbsent(error.lastFailure)
    );
  }

  /** What is told of it by a read, or by the reply to a write. */
  note({ conversationHasEnded, participantId, standing }: Seen): void {
    this.wasSeen = true;
    this.sawTheEnd ||= conversationHasEnded === true;
    this.sawLeft ||= standing?.presence === 'left';
    this.seenId = participantId ?? this.seenId;
    this.seenStanding = { ...this.seenStanding, ...standing };
  }
}
