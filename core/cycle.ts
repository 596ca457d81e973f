import { Bases } from './bases';
import type { CycleContext } from './cycle-context';
import type { Acceptance } from './intent-log';
import { LookSchedule } from './look-schedule';
import { laidOver, NO_CHANGES } from './parts';
import type { Confirmation } from './phase';
import { type Plan, plan } from './plan';
import { isFreshFor, layOver, type Reading } from './reading';
import { Requests } from './requests';
import { ownWrites, settle, settleAsLost, type SharedWrite } from './shared-write';
import { isStoreError, type Permit, type Receipt, type Snapshot } from './store';
import type { Update } from './update';

type CyclePlan<Raw, Note> = Plan<Update<Raw, Note>, Note>;
type CycleStep<Raw, Note> = CyclePlan<Raw, Note>['steps'][number];

/** One read, the changes of all updates, one write. Tells each update what became of its attempt. */
export class Cycle<Raw, Note> {
  private readonly requests: Requests<Raw, Note>;
  private readonly bases: Bases<Raw, Note>;

  constructor(
    private readonly updates: readonly Update<Raw, Note>[],
    permit: Permit | undefined,
    private readonly context: CycleContext<Raw, Note>,
  ) {
    this.requests = new Requests(updates, permit, context);
    this.bases = new Bases(updates, this.requests, context);
  }

  /** Ends requests that nobody waits for any more. */
  abandon(): void {
    if (!this.updates.some((update) => update.takesPart && !update.isGone)) this.requests.giveUp();
  }

  /** Ends what is left of it when it has failed, and gives who still takes part. */
  fail(): readonly Update<Raw, Note>[] {
    // Nothing is on its way any more.
    for (const update of this.updates) update.endWrite();
    return this.checkTime();
  }

  /** @throws what the store throws; whoever still takes part does not know of it yet. */
  async run(): Promise<void> {
    this.context.contention.begin();
    for (const update of this.updates) update.progress.noteAttempt();
    let base: Reading<Raw> | undefined = this.bases.spare() ?? (await this.bases.read());
    while (base) {
      this.settleUnanswered(base.snapshot);
      const planned = this.plan(base);
      base = planned.needsRead ? await this.bases.read() : await this.carryOut(planned, base);
    }
  }

  /** Finds out what became of writes without an answer, where a snapshot shows it. */
  private settleUnanswered(snapshot: Snapshot<Raw>): void {
    this.context.memory.settleUnanswered((write) => {
      const batchSize = write.steps.length;
      const { isApplied, isOpen } = settle(write, snapshot, (update, note) => {
        const own = write.own.get(update)?.delta ?? NO_CHANGES;
        // What shows it may be a later value of this process that was only accepted.
        const acceptances = this.unseen(update, [...own.keys()]);
        if (acceptances) this.confirm(update, { acceptances, write, note, batchSize });
        else update.succeed('written', { snapshot, note, batchSize }, own);
      });
      const before = write.base.parts;
      if (isApplied) this.context.onCommit(before, laidOver(before, write.delta));
      return isOpen;
    });
  }

  /** Ends those whose time is up, and gives who still takes part. */
  private checkTime(): readonly Update<Raw, Note>[] {
    for (const update of this.updates) update.checkTime();
    return this.updates.filter(({ takesPart }) => takesPart);
  }

  private plan(base: Reading<Raw>): CyclePlan<Raw, Note> {
    const updates = this.checkTime();
    const { parts } = base.snapshot;
    for (const update of updates) if (isFreshFor(update, base)) update.noteFirst(parts);
    const planned = plan<Raw, Note, Update<Raw, Note>>(updates, base, (name, now) =>
      this.context.log.isOurs(name, now),
    );
    for (const { update, error } of planned.crashed) update.crash(error);
    return planned;
  }

  /** @returns what the rest is to be written on, where the write was not all. */
  private async carryOut(
    planned: CyclePlan<Raw, Note>,
    base: Reading<Raw>,
  ): Promise<Reading<Raw> | undefined> {
    const { delta, steps } = planned;
    for (const step of steps) if (step.isProved) this.conclude(step, steps.length, base.snapshot);
    if (!delta) return undefined;
    const own = ownWrites(steps);
    const write: SharedWrite<Raw, Note> = { base: base.snapshot, delta, own, steps };
    const { acceptances, receipt } = await this.send(write, base);
    const after = receipt.snapshot ?? {
      ...base.snapshot,
      parts: laidOver(base.snapshot.parts, delta),
      version: null,
    };
    this.context.onCommit(base.snapshot.parts, after.parts);
    if (!receipt.incomplete) {
      this.succeeded(write, after, acceptances);
      return undefined;
    }
    for (const update of write.own.keys()) update.noteFate(write, 'seen');
    this.bases.refuseUnusable(after);
    return layOver(this.carriedBy(after), this.context.log);
  }

  /** Notes the write, sends it, and notes what became of it. */
  private async send(
    write: SharedWrite<Raw, Note>,
    base: Reading<Raw>,
  ): Promise<{
    readonly receipt: Receipt<Raw>;
    readonly acceptances: ReadonlyMap<string, Acceptance> | undefined;
  }> {
    const { log } = this.context;
    const sent = log.note(write);
    for (const update of write.own.keys()) update.moveTo({ kind: 'writing', write });
    try {
      const receipt = await this.requests.write(write.delta, base);
      return {
        receipt,
        acceptances: receipt.accepted && log.noteAccepted(sent, base.snapshot.parts),
      };
    } catch (error) {
      if (!isStoreError(error)) {
        for (const update of write.own.keys()) update.crash(error);
        throw error;
      }
      const { kind } = error.failure;
      if (kind === 'ambiguous') this.context.memory.noteUnanswered(write);
      else log.noteRefused(sent);
      for (const update of write.own.keys()) {
        if (kind === 'ambiguous') update.noteFate(write, 'open');
        update.endWrite();
      }
      throw error;
    }
  }

  /** Ends an update that has nothing to write, or lets it wait until it can see what it rests on. */
  private conclude(
    { update, unseen, verdict }: CycleStep<Raw, Note>,
    batchSize: number,
    snapshot: Snapshot<Raw>,
    looks = new LookSchedule(this.now()),
  ): void {
    if (verdict.kind === 'refused') update.end('refused', verdict.reason);
    if (verdict.kind !== 'unchanged') return;
    const { note } = verdict;
    const acceptances = update.writes.areUncertain ? undefined : this.unseen(update, unseen);
    if (acceptances) {
      this.confirm(update, { acceptances, write: undefined, note, batchSize }, looks);
    } else update.done({ snapshot, note, batchSize });
  }

  /** What was accepted of these parts that an update is to wait for, until a read shows it. */
  private unseen(
    { policy }: Update<Raw, Note>,
    names: readonly string[],
  ): readonly Acceptance[] | undefined {
    const { log, store } = this.context;
    if (store.versioned || policy.waitUntilVisible === false) return undefined;
    const acceptances = names.flatMap((name) => log.unseen(name) ?? []);
    return acceptances.length > 0 ? acceptances : undefined;
  }

  private confirm(
    update: Update<Raw, Note>,
    what: Omit<Confirmation<SharedWrite<Raw, Note>, Note>, 'since' | 'looks'>,
    looks = new LookSchedule(this.now()),
  ): void {
    if (what.write) update.noteFate(what.write, 'open', true);
    update.moveTo({ kind: 'confirming', confirmation: { ...what, since: this.now(), looks } });
  }

  private succeeded(
    write: SharedWrite<Raw, Note>,
    after: Snapshot<Raw>,
    acceptances: ReadonlyMap<string, Acceptance> | undefined,
  ): void {
    const { contention, freshMs, memory, record } = this.context;
    const batchSize = write.steps.length;
    contention.noteSuccess();
    record.noteWrite();
    if (write.base.version !== null) memory.settleUnanswered(settleAsLost);
    if (after.version !== null) {
      memory.noteLatest(after);
      record.noteVersion(after.version);
      memory.spareRead(this.carriedBy(after), freshMs);
    }
    const looks = new LookSchedule(this.now());
    for (const step of write.steps) {
      const { update, verdict } = step;
      if (verdict.kind !== 'write') {
        if (!step.isProved) this.conclude(step, batchSize, after, looks);
        continue;
      }
      const { delta: own, note } = verdict;
      if (!acceptances || update.policy.waitUntilVisible === false) {
        const outcome = acceptances ? 'accepted' : 'written';
        update.succeed(outcome, { snapshot: after, note, batchSize }, own);
        continue;
      }
      const awaited = [...own.keys()].flatMap((name) => acceptances.get(name) ?? []);
      this.confirm(update, { acceptances: awaited, write, note, batchSize }, looks);
    }
  }

  private carriedBy(snapshot: Snapshot<Raw>) {
    const now = this.now();
    return { snapshot, source: 'receipt', sentAt: now, answeredAt: now } as const;
  }

  private now(): number {
    return this.context.surroundings.clock.now();
  }
}
