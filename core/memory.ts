import { type Base, type Batch, isFreshFor, writersOf } from './batch';
import type { Snapshot, Store } from './store';
import { isStillOpen, settle, type Unsettled } from './unsettled';

/** What a lane knows of its record from one cycle to the next. */
export class Memory<State, Report> {
  /** The newest snapshot seen. */
  latest: Snapshot<State> | undefined;
  /** Writes that may have been applied, the oldest first. */
  unsettled: Unsettled<State, Report>[] = [];
  /** The version on which the server last reported a conflict without naming the version. */
  private unexplainedConflictAt: number | null = null;
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

  /**
   * Finds out what became of writes of unknown outcome, where a snapshot shows it.
   *
   * @returns those that were applied
   */
  settleUnknown(snapshot: Snapshot<State>, store: Store<State>): Unsettled<State, Report>[] {
    const open: Unsettled<State, Report>[] = [];
    const applied: Unsettled<State, Report>[] = [];
    for (const unsettled of this.unsettled) {
      const isOpen = isStillOpen(unsettled, snapshot);
      if (!isOpen && settle(unsettled, snapshot, store)) applied.push(unsettled);
      // Without a version it may still arrive, as long as that matters to anybody.
      const concerns = [...unsettled.reports.keys()].some((member) => member.waits);
      if (isOpen || (snapshot.version === null && concerns)) open.push(unsettled);
    }
    this.unsettled = open;
    return applied;
  }

  /** A write has succeeded: those of unknown outcome have lost their version to it. */
  noteSuccess(batch: Batch<State, Report>): void {
    if (batch.base.snapshot.version !== null) {
      for (const { reports } of this.unsettled) {
        for (const member of reports.keys()) member.uncertain = undefined;
      }
      this.unsettled = [];
      return;
    }
    // Without a version they may still arrive. But what tells of its writers is this one from now on.
    const writers = writersOf(batch);
    for (const { reports } of this.unsettled) {
      for (const member of writers.keys()) reports.delete(member);
    }
  }

  /**
   * A write that was conditional on this version has met a conflict.
   *
   * @param namesVersion whether the server's own code says that this is about the version
   * @returns whether it cannot be: the second in a row on the same version
   */
  noteConflict(version: number | null, namesVersion: boolean): boolean {
    const at = namesVersion ? null : version;
    const isSecond = at !== null && at === this.unexplainedConflictAt;
    this.unexplainedConflictAt = at;
    return isSecond;
  }

  /** A write is sent, or answered: what was read before does not show it. */
  noteWrite(at: number): void {
    this.writtenAt = at;
    this.kept = undefined;
  }
}
