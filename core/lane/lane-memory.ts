import { isFreshFor, type Sourced } from '../cycle/reading';
import type { SharedWrite } from '../cycle/shared-write';
import type { Parts } from '../parts';

/** What a lane knows of its record from one cycle to the next. */
export class LaneMemory<Raw, Note> {
  /** What the newest snapshot has shown. */
  latest: Parts | undefined;
  /** Writes without an answer, the oldest first. */
  private unanswered: readonly SharedWrite<Raw, Note>[] = [];
  private spare: { readonly base: Sourced<Raw>; readonly until: number } | undefined;
  private writtenAt = -Infinity;
  private tookReceipt = false;

  /** Until when it holds something that may save a read. */
  get usefulUntil(): number {
    return this.spare?.until ?? -Infinity;
  }

  /** Whether a read is at hand that may save the next cycle its own. */
  holdsRead(now: number): boolean {
    return this.usefulUntil >= now && this.spare?.base.source === 'read';
  }

  /** Keeps a snapshot that may save the next cycle its read, for so many ms. */
  spareRead(base: Sourced<Raw>, forMs: number): void {
    const until = base.answeredAt + forMs;
    if (forMs > 0 && until > this.usefulUntil) this.spare = { base, until };
  }

  /**
   * What may stand in for a read, if anything does; it does so once. A version makes it safe for
   * everybody. Without one it must be as good as a read by each update.
   */
  takeSpare(
    updates: readonly { readonly calledAt: number }[],
    now: number,
  ): Sourced<Raw> | undefined {
    const base = this.usable(updates, now);
    this.spare = undefined;
    // Never two receipts in a row: a lane that does without reads overtakes all processes that read,
    // and would keep them out as long as it goes on.
    const isReceipt = base?.source === 'receipt';
    this.tookReceipt = isReceipt && !this.tookReceipt;
    return isReceipt && !this.tookReceipt ? undefined : base;
  }

  noteUnanswered(write: SharedWrite<Raw, Note>): void {
    this.unanswered = [...this.unanswered, write];
  }

  /** @param settle finds out what became of a write, and answers whether it may still be applied */
  settleUnanswered(settle: (write: SharedWrite<Raw, Note>) => boolean): void {
    this.unanswered = this.unanswered.filter(settle);
  }

  /** A write is sent, or answered: what was read before does not show it. */
  noteWrite(at: number): void {
    this.writtenAt = at;
    this.spare = undefined;
  }

  private usable(
    updates: readonly { readonly calledAt: number }[],
    now: number,
  ): Sourced<Raw> | undefined {
    const { spare } = this;
    if (!spare || spare.until < now) return undefined;
    const { base } = spare;
    if (base.snapshot.version !== null) return base;
    const asGoodAsRead =
      base.sentAt > this.writtenAt && updates.every((update) => isFreshFor(update, base));
    return asGoodAsRead ? base : undefined;
  }
}
