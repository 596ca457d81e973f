import { showsAsMerged } from '../evidence/proof';
import { difference, laidOver, type Parts, shownOf } from '../parts';
import { isStoreError, type Permit, type Snapshot, StoreError } from '../store';
import { compareBeginnings, noteBeginnings } from '../update/beginning';
import type { Update } from '../update/update';
import { Bases } from './bases';
import type { CycleContext } from './cycle-context';
import { Outcomes } from './outcomes';
import { type Plan, plan } from './plan';
import { cameWith, layOver, type Reading } from './reading';
import { Requests } from './requests';
import { provable, settle, type SharedWrite } from './shared-write';

type CyclePlan<Raw, Note> = Plan<Update<Raw, Note>, Note>;

/** One read, the changes of all updates, one write. Tells each update what became of its attempt. */
export class Cycle<Raw, Note> {
  private readonly requests: Requests<Raw, Note>;
  private readonly bases: Bases<Raw, Note>;
  private readonly outcomes: Outcomes<Raw, Note>;
  private hasExpired = false;

  constructor(
    private readonly updates: readonly Update<Raw, Note>[],
    permit: Permit | undefined,
    private readonly context: CycleContext<Raw, Note>,
  ) {
    this.requests = new Requests(updates, permit, context);
    this.bases = new Bases(updates, this.requests, context);
    this.outcomes = new Outcomes(context);
  }

  /** Ends requests that nobody waits for any more. */
  abandon(): void {
    if (!this.updates.some(({ isWanted }) => isWanted)) this.requests.giveUp();
  }

  /** Gives who still takes part after it has failed: each write has ended by then. */
  fail(): readonly Update<Raw, Note>[] {
    return this.checkTime();
  }

  /** @throws what the store throws; whoever still takes part does not know of it yet. */
  async run(): Promise<void> {
    this.context.contention.begin();
    for (const update of this.updates) update.progress.noteAttempt();
    try {
      let base: Reading<Raw> | undefined = this.bases.spare() ?? (await this.bases.read());
      while (base) base = await this.goOn(base);
    } finally {
      this.requests.giveBack();
    }
  }

  /** @returns what to go on from; `undefined` where all is done */
  private async goOn(base: Reading<Raw>): Promise<Reading<Raw> | undefined> {
    this.settleUnanswered(base);
    const planned = this.plan(base);
    if (planned.needsRead) {
      return await this.bases.read(base.source === 'overtaken' ? base.snapshot : undefined);
    }
    if (planned.write && !(await this.requests.mayWrite())) return base;
    return await this.carryOut(planned, base);
  }

  /** Finds out what became of writes without an answer, where a snapshot shows it. */
  private settleUnanswered({ shown: read, snapshot }: Reading<Raw>): void {
    this.context.memory.settleUnanswered((write) => {
      const parts = this.proofOf(write, snapshot.parts, read);
      const { shown, isOpen } = settle(write, { ...snapshot, parts }, (update, note) => {
        this.outcomes.found(update, write, note, snapshot);
      });
      const before = write.base.parts;
      if (shown.size > 0) this.context.onCommit(before, laidOver(before, shown));
      const isOverwritten = isOpen && this.acceptOverwritten(write, read);
      // Without a version it may still come, though nobody asks.
      const isKnown = isOverwritten || (write.base.version === null ? shown.size > 0 : !isOpen);
      if (isKnown) this.context.record.own.noteSettled(write.delta);
      return isOpen && !isOverwritten;
    });
  }

  /** The record, but as read where a write is there only by what was seen of an earlier one: that tells nothing. */
  private proofOf({ delta }: SharedWrite<Raw, Note>, parts: Parts, read: Parts): Parts {
    const { log } = this.context;
    const isThere = shownOf(parts, delta);
    const laidOnly = [...difference(parts, read)].filter(
      ([name]) => isThere.has(name) && !log.unseen(name),
    );
    return laidOver(parts, new Map(laidOnly));
  }

  /** Takes a write for accepted where a read shows that it was applied, but others have overwritten some of it. */
  private acceptOverwritten(write: SharedWrite<Raw, Note>, read: Parts): boolean {
    const asks = ({ writes }: Update<Raw, Note>) => writes.isOpen(write);
    const asked = [...write.own].flatMap(([one, { delta }]) =>
      asks(one) ? [...delta.keys()] : [],
    );
    const { log } = this.context;
    const acceptances = log.noteShown(write.sending, read, provable(write), new Set(asked));
    if (acceptances) this.outcomes.accepted(write, acceptances, asks);
    return acceptances !== undefined;
  }

  /** Ends those whose time is up, and gives who still takes part. */
  private checkTime(): readonly Update<Raw, Note>[] {
    for (const update of this.updates) update.checkTime();
    return this.updates.filter(({ takesPart }) => takesPart);
  }

  private plan(base: Reading<Raw>): CyclePlan<Raw, Note> {
    for (;;) {
      const updates = this.checkTime();
      const { parts } = base.snapshot;
      // Even where it came with a receipt: whether what others then change came before the update was
      // asked for or after, nobody can tell.
      noteBeginnings(updates, parts);
      const { own } = this.context.record;
      const isOurs = (name: string) =>
        base.snapshot.version === null && this.context.log.isOurs(name, parts);
      compareBeginnings(this.context.updates, parts, { own, isOurs });
      own.noteShown(base.shown);
      const planned = plan<Raw, Note, Update<Raw, Note>>(updates, base, this.context.log);
      for (const { update, error } of planned.crashed) update.crash(error);
      const wishes = planned.steps.map(({ update, verdict }) => ({
        update,
        names: verdict.kind === 'write' ? [...verdict.delta.keys()] : [],
      }));
      const held = this.context.queue.noteWanted(wishes);
      for (const { update, at } of held) update.moveTo({ kind: 'waiting', notBefore: at });
      if (held.length === 0) return planned;
    }
  }

  /** @returns what to go on from, where the write was not all, or a new leave to write is needed */
  private async carryOut(
    planned: CyclePlan<Raw, Note>,
    base: Reading<Raw>,
  ): Promise<Reading<Raw> | undefined> {
    const { steps } = planned;
    for (const step of steps) {
      if (step.isProved) this.outcomes.idle(step, steps.length, base.snapshot);
    }
    if (!planned.write) return undefined;
    const sending = this.context.log.note({ base: base.snapshot, delta: planned.write.delta });
    const write = { ...planned.write, base: base.snapshot, steps, sending };
    // Companions have undone it all, and a request with nothing in it may be refused.
    if (write.delta.size === 0 && !this.context.store.versioned) {
      this.outcomes.accepted(write, new Map());
      return undefined;
    }
    try {
      const undone = await this.send(write, base);
      if (!undone) return undefined;
      if (showsAsMerged(write, undone.parts)) {
        const now = this.context.clock.now();
        return layOver(cameWith('receipt', undone, now), this.context.log);
      }
    } catch (error) {
      this.expectExpired(error);
    }
    return await this.bases.read();
  }

  /** @throws any other error, and the second such one */
  private expectExpired(error: unknown): void {
    if (!isStoreError(error) || error.failure.kind !== 'expired') throw error;
    if (this.hasExpired) {
      throw new StoreError(error.message, { kind: 'permanent' }, { cause: error.cause });
    }
    this.hasExpired = true;
  }

  /**
   * Sends a write, and tells everybody what became of it.
   *
   * @returns see {@link Outcomes.taken}
   */
  private async send(
    write: SharedWrite<Raw, Note>,
    base: Reading<Raw>,
  ): Promise<Snapshot<Raw> | undefined> {
    const { log, record } = this.context;
    record.own.noteSent(write.delta, write.base.version);
    for (const update of write.own.keys()) update.moveTo({ kind: 'writing', write });
    try {
      const receipt = await this.requests.write(write.delta, base);
      record.noteWrite();
      record.own.noteAccepted(write.delta);
      if (!receipt.accepted || this.context.store.versioned) {
        return this.outcomes.taken(write, receipt);
      }
      this.outcomes.accepted(write, log.noteAccepted(write.sending));
      return undefined;
    } catch (error) {
      if (!isStoreError(error)) {
        for (const update of write.own.keys()) update.crash(error);
        throw error;
      }
      const { kind } = error.failure;
      if (kind === 'ambiguous') this.context.memory.noteUnanswered(write);
      else {
        log.noteRefused(write.sending);
        record.own.noteSettled(write.delta);
      }
      for (const update of write.own.keys()) {
        if (kind === 'ambiguous') update.noteFate(write, 'open');
        update.endWrite();
      }
      throw error;
    }
  }
}
