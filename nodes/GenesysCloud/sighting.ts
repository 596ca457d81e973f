import { type Change, isAbsent, type Locate, UpdateError } from '../../core';
import type { ParticipantChoice } from '../../genesys/conversation';

/** Notes whether an update gets to see its participant, be it in its conversation or by itself. */
export class Sighting {
  private wasSeen = false;

  /** Who is chosen by purpose is seen when found; an ID may be that of nobody. */
  finding<Raw>(choice: ParticipantChoice, locate: Locate<Raw>): Locate<Raw> {
    if ('id' in choice) return locate;
    return async (limits) => {
      const located = await locate(limits);
      this.wasSeen = true;
      return located;
    };
  }

  /** A change is applied to nothing but what a read has shown. */
  applying<Raw, Note>(change: Change<Raw, Note>): Change<Raw, Note> {
    return {
      ...change,
      apply: (view) => {
        this.wasSeen = true;
        return change.apply(view);
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
}
