import type { Acceptance, IntentLog } from './intent-log';
import { LookSchedule } from './look-schedule';
import { laidOver, type Parts, sameParts } from './parts';
import { type Plan, plan } from './plan';
import { isFreshFor, layOver, type Reading } from './reading';
import { type RequestContext, Requests } from './requests';
import { ownWrites, settle, settleAsLost, type SharedWrite } from './shared-write';
import { isStoreError, type Permit, type Receipt, type Snapshot } from './store';
import type { Update } from './update';

/** What the cycles of a lane share. */
export interface CycleContext<Raw, Note> extends RequestContext<Raw, Note> {
  readonly log: IntentLog;
  /** Shows what was read to those who wait to see something. */
  readonly onRead: (reading: Reading<Raw>) => void;
  /** Told of what a write has made from what, also of one that was lost and then found applied. */
  readonly onCommit: (from: Parts, to: Parts) => void;
  /** For so many ms after a write its receipt may serve as a base; 0 for never. */
  readonly freshMs: number;
}

type CyclePlan<Raw, Note> = Plan<Update<Raw, Note>, Note>;
type CycleStep<Raw, Note> = CyclePlan<Raw, Note>['steps'][number];

/** One read, the changes of all updates, one write. Tells each update what became of its attempt. */
export class Cycle<Raw, Note> {
  private readonly requests: Requests<Raw, Note>;

  constructor(
    private readonly updates: readonly Update<Raw, Note>[],
    permit: Permit | undefined,
    private readonly context: CycleContext<Raw, Note>,
  ) {
    this.requests = new Requests(updates, permit, context);
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
    let base: Reading<Raw> | undefined = this.spareBase() ?? (await this.read());
    while (base) {
      this.settleUnanswered(base.snapshot);
      const planned = this.plan(base);
      base = planned.needsRead ? await this.read() : await this.carryOut(planned, base);
    }
  }

  /** What may stand in for a read. A receipt may well be out of date, so nobody's last attempt rests on one. */
  private spareBase(): Reading<Raw> | undefined {
    const { log, memory } = this.context;
    const spare = memory.takeSpare(this.updates, this.now());
    const isLast = this.updates.some(
      ({ policy, progress }) => progress.attempts >= policy.maxAttempts,
    );
    return spare && !(isLast && spare.source === 'receipt') ? layOver(spare, log) : undefined;
  }

  private async read(): Promise<Reading<Raw>> {
    const { contention, log, memory, onRead } = this.context;
    const timed = await this.requests.read();
    const reading = layOver({ ...timed, source: 'read' }, log);
    contention.observe(this.updates, {
      kind: 'read',
      sentAt: timed.sentAt,
      answeredAt: timed.answeredAt,
      version: timed.snapshot.version,
      contentMoved:
        memory.latest !== undefined && !sameParts(memory.latest.parts, reading.snapshot.parts),
    });
    memory.noteLatest(reading.snapshot);
    onRead(reading);
    return reading;
  }

  /** Finds out what became of writes without an answer, where a snapshot shows it. */
  private settleUnanswered(snapshot: Snapshot<Raw>): void {
    this.context.memory.settleUnanswered((write) => {
      const { isApplied, isOpen } = settle(write, snapshot);
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
    for (const update of updates)
      if (isFreshFor(update, base)) update.noteFirst(base.snapshot.parts);
    const planned = plan<Raw, Note, Update<Raw, Note>>(updates, base, (name, parts) =>
      this.context.log.isOurs(name, parts),
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
    const write: SharedWrite<Raw, Note> = {
      base: base.snapshot,
      delta,
      own: ownWrites(steps),
      steps,
    };
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
    this.requests.refuseUnusable(after);
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
    const acceptances = unseen.flatMap((name) => this.context.log.unseen(name) ?? []);
    const waits = acceptances.length > 0 && update.policy.waitUntilVisible !== false;
    if (waits && !update.writes.areUncertain) {
      const since = this.now();
      const confirmation = { acceptances, write: undefined, note, batchSize, since, looks };
      update.moveTo({ kind: 'confirming', confirmation });
    } else {
      update.done({ snapshot, note, batchSize });
    }
  }

  private succeeded(
    write: SharedWrite<Raw, Note>,
    after: Snapshot<Raw>,
    acceptances: ReadonlyMap<string, Acceptance> | undefined,
  ): void {
    const { contention, freshMs, memory } = this.context;
    const batchSize = write.steps.length;
    contention.noteSuccess();
    if (write.base.version !== null) memory.settleUnanswered(settleAsLost);
    if (after.version !== null) {
      memory.noteLatest(after);
      memory.spareRead(this.carriedBy(after), freshMs);
    }
    const since = this.now();
    const looks = new LookSchedule(since);
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
      update.noteFate(write, 'open', true);
      const awaited = [...own.keys()].flatMap((name) => acceptances.get(name) ?? []);
      const confirmation = { acceptances: awaited, write, note, batchSize, since, looks };
      update.moveTo({ kind: 'confirming', confirmation });
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
