import { type Base, isFreshFor } from './batch';
import type { Snapshot, Store } from './store';
import { isStillOpen, settle, type Unsettled } from './unsettled';

/** What a lane knows of its record from one cycle to the next. */
export class Memory<State, Report> {
  /** The newest snapshot seen. */
  latest: Snapshot<State> | undefined;
  /** A write that may have been applied. */
  unsettled: Unsettled<State, Report> | undefined;
  /** The version on which the server last reported a conflict without naming the version. */
  unexplainedConflictAt: number | null = null;
  private kept: { readonly base: Base<State>; readonly until: number } | undefined;
  private writtenAt = -Infinity;
  private tookReceipt = false;

  /** Until when it holds something worth keeping. */
  get freshUntil(): number {
    return this.kept?.until ?? -Infinity;
  }

  /** Keeps a snapshot that may save the next cycle its read, for so many ms. */
  keep(base: Base<State>, forMs: number): void {
    const until = base.answeredAt + forMs;
    if (forMs > 0 && until > this.freshUntil) this.kept = { base, until };
  }

  /**
   * What may stand in for a read, if anything does; it does so once. A version makes it safe for
   * everybody. Without one it must be as good as a read by each member.
   */
  takeKept(
    members: readonly { readonly calledAt: number }[],
    now: number,
  ): Base<State> | undefined {
    const base = this.usable(members, now);
    this.kept = undefined;
    // Never two receipts in a row: a lane that does without reads overtakes all processes that read,
    // and would keep them out as long as it goes on.
    const isReceipt = base?.carriedBy === 'receipt';
    this.tookReceipt = isReceipt && !this.tookReceipt;
    return isReceipt && !this.tookReceipt ? undefined : base;
  }

  private usable(
    members: readonly { readonly calledAt: number }[],
    now: number,
  ): Base<State> | undefined {
    const { kept } = this;
    if (!kept || kept.until < now) return undefined;
    const { base } = kept;
    const { version } = base.snapshot;
    if (version !== null) return version < (this.latest?.version ?? 0) ? undefined : base;
    const asGoodAsRead =
      base.sentAt > this.writtenAt && members.every((member) => isFreshFor(member, base));
    return asGoodAsRead ? base : undefined;
  }

  /** Finds out what became of a write of unknown outcome, where a snapshot shows it. */
  settleUnknown(snapshot: Snapshot<State>, store: Store<State>): void {
    if (!this.unsettled || isStillOpen(this.unsettled, snapshot)) return;
    settle(this.unsettled, snapshot, store);
    if (snapshot.version !== null) this.unsettled = undefined;
  }

  /** A write has succeeded: one of unknown outcome has lost its version to it. */
  noteSuccess(base: Snapshot<State>): void {
    // Without a version it may still arrive.
    if (base.version === null) return;
    for (const member of this.unsettled?.reports.keys() ?? []) member.uncertain = undefined;
    this.unsettled = undefined;
  }

  /** Something is written: what was known before is out of date. */
  noteWrite(at: number): void {
    this.writtenAt = at;
    this.kept = undefined;
  }
}
