import { ending, type Ending } from './ending';
import type { Fate } from './intent';
import { type Delta, merged, NO_CHANGES } from './parts';
import type { UpdateErrorReason } from './update-error';

interface OwnWrite {
  readonly delta: Delta;
  readonly fate: Fate;
  /** Whether the server has accepted it. */
  readonly accepted: boolean;
}

/** All that one update has written, by write, and what became of it; of what was not applied nothing is kept. */
export class OwnWrites<Write> {
  private readonly writes = new Map<Write, OwnWrite>();

  /** Whether the update may have written without knowing it. */
  get areUncertain(): boolean {
    return this.all.some(({ fate }) => fate === 'open' || fate === 'unknowable');
  }

  /** What was written, though a part of it may have been set by others. */
  get written(): Delta {
    return this.all.reduce(
      (delta, { delta: own, fate }) =>
        fate === 'seen' || fate === 'seenInPart' ? merged(delta, own) : delta,
      NO_CHANGES,
    );
  }

  /** What surely was written, as far as anybody can tell. */
  get surelyWritten(): Delta {
    return this.all.some(({ fate }) => fate === 'seenInPart') ? NO_CHANGES : this.written;
  }

  /** Whether the update is to hear what became of a write. */
  isOpen(write: Write): boolean {
    return this.writes.get(write)?.fate === 'open';
  }

  note(write: Write, delta: Delta, fate: Fate, accepted: boolean): void {
    if (fate === 'notApplied') this.writes.delete(write);
    else this.writes.set(write, { delta, fate, accepted });
  }

  /** What is open will never be applied, or a later write stands in for it. */
  forgetOpen(): void {
    for (const [write, { fate }] of this.writes) if (fate === 'open') this.writes.delete(write);
  }

  /** @param isWriting whether one is on its way */
  ending(reason: UpdateErrorReason | 'done', isWriting: boolean): Ending {
    return ending(reason, isWriting ? [...this.all, { fate: 'open', accepted: false }] : this.all);
  }

  private get all(): readonly OwnWrite[] {
    return [...this.writes.values()];
  }
}
