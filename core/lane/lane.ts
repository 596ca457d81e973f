import { Alarm } from '../alarm';
import { Cycle } from '../cycle/cycle';
import type { CycleContext } from '../cycle/cycle-context';
import { Looks } from '../looks/looks';
import { isStoreError, type Located, type Permit, type Store, type StoreError } from '../store';
import type { LaneOptions } from '../update-types';
import { shiftBeginnings } from '../update/beginning';
import type { PhaseKind } from '../update/phase';
import type { Update } from '../update/update';
import { Contention } from './contention';
import { failAttempts, refuseHopeless } from './fail-attempts';
import { LaneMemory } from './lane-memory';
import { Separation } from './separation';
import { takeTurns } from './turns';
import { UpdateQueue } from './update-queue';

/** A cycle sends a read and a write at most, as long as nothing goes wrong. */
const REQUESTS_OF_A_CYCLE = 2;

/**
 * The room of one record in this process, in the name of one client: all of its updates that are
 * under way. Each cycle takes in whoever waits; an update that comes after its read has been sent is
 * in the next one.
 *
 * Each update keeps its own attempts, deadline, cancellation and outcome: what becomes of one changes
 * nothing for the others.
 */
export class Lane<Raw, Note> {
  private readonly updates = new Set<Update<Raw, Note>>();
  private readonly queue = new UpdateQueue<Raw, Note>();
  private isRunning = false;
  private isAbandoning = false;
  private readonly alarm: Alarm;
  /** The cycle that is under way; `asking` until it has its permit. */
  private cycle: { readonly asking: AbortController } | Cycle<Raw, Note> | undefined;
  private readonly separation: Separation<Raw, Note>;
  private readonly looks: Looks<Raw, Note>;
  private readonly context: CycleContext<Raw, Note>;

  constructor(
    private readonly store: Store<Raw>,
    private readonly options: LaneOptions,
    { jointLooks, log, record }: Pick<CycleContext<Raw, Note>, 'jointLooks' | 'log' | 'record'>,
  ) {
    const { clock, random } = options;
    this.alarm = new Alarm(clock);
    this.separation = new Separation(this.queue, random);
    const contention = new Contention(clock, random);
    this.context = {
      store,
      clock,
      freshMs: options.freshMs,
      memory: new LaneMemory(),
      contention,
      jointLooks,
      log,
      record,
      onRead: (reading) => void this.looks.show(reading),
      onCommit: (from, to) => {
        this.separation.taken();
        shiftBeginnings(this.updates, from, to);
      },
      updates: this.updates,
      queue: this.queue,
    };
    this.looks = new Looks<Raw, Note>(this.context, {
      failed: (updates, error, read) => {
        // A read that fails for good is nothing to those who come later.
        if (read) {
          contention.observe(updates, { kind: 'conflict', ...read });
          contention.noteFailure(error);
        }
        failAttempts(updates, error, contention);
      },
      looked: () => {
        this.alarm.ring();
      },
    });
  }

  /** Until when it knows something that is worth keeping it for. */
  get usefulUntil(): number {
    return this.context.memory.usefulUntil;
  }

  /**
   * Takes an update in that is new to the lane, with what finding the record has shown of it.
   *
   * @returns see {@link Stay.begin}
   */
  async take(
    update: Update<Raw, Note>,
    { isElsewhere = () => false, seen }: Located<Raw>,
  ): Promise<StoreError | undefined> {
    const left = update.stay.begin({
      moved: (from) => {
        this.moved(update, from);
      },
      closed: () => this.store.admission?.closed(),
      isElsewhere,
    });
    if (this.queue.size >= this.options.maxQueue) {
      update.end('throttled', `${this.queue.size} updates of this record wait already.`);
      return await left;
    }
    if (seen) this.context.memory.spareRead({ ...seen, source: 'read' }, this.options.freshMs);
    const notBefore = this.context.contention.teach(update);
    this.updates.add(update);
    update.moveTo({ kind: 'waiting', notBefore });
    if (!this.isRunning) void this.run();
    return await left;
  }

  /** An update has moved to another phase, or wants to leave the one that it is in. */
  private moved(update: Update<Raw, Note>, from: PhaseKind): void {
    const { kind } = update.phase;
    if (from === 'waiting') this.queue.delete(update);
    if (from === 'confirming') {
      this.looks.delete(update);
      update.progress.endWait();
    }
    // The cycle under way has seen to that, and there is nothing new to begin.
    if (kind === 'reading' || (kind === 'writing' && from === 'reading')) return;
    if (kind === 'waiting') {
      this.queue.add(update);
      if (this.cycle && 'asking' in this.cycle) update.progress.beginWait();
      refuseHopeless(update, this.store.admission?.closed());
    } else if (kind === 'confirming') {
      this.looks.add(update);
      update.progress.beginWait();
      update.checkTime();
    } else this.updates.delete(update);
    this.abandonSoon();
    this.alarm.ring();
  }

  /** Turn after turn, until nobody is left. */
  private async run(): Promise<void> {
    this.isRunning = true;
    try {
      await takeTurns(async () => {
        await this.turn();
        return (this.isRunning = !this.isIdle);
      });
    } catch (error) {
      this.isRunning = false;
      for (const update of this.updates) update.crash(error);
    }
  }

  /** Begins what is due, and waits for what comes next. */
  private async turn(): Promise<void> {
    const { clock } = this.options;
    // Whoever comes in the same turn of the event loop is in the same cycle.
    await clock.turn();
    if (this.cycleDueAt <= clock.now()) void this.runCycle();
    if (this.looks.beginsAt <= clock.now()) this.looks.begin();
    await this.sleepUntil(Math.min(this.cycleDueAt, this.looks.beginsAt));
  }

  private get cycleDueAt(): number {
    return this.cycle ? Infinity : Math.max(this.queue.dueAt, this.context.contention.floorAt);
  }

  /** Gives requests up that nobody waits for any more, once for all who leave together. */
  private abandonSoon(): void {
    if (this.isAbandoning) return;
    this.isAbandoning = true;
    queueMicrotask(() => {
      this.isAbandoning = false;
      this.abandon();
    });
  }

  private abandon(): void {
    this.looks.abandon();
    if (this.cycle instanceof Cycle) this.cycle.abandon();
    else if (this.queue.size === 0) this.cycle?.asking.abort();
  }

  /** Sleeps until something is due, or there is something else to see to. */
  private async sleepUntil(dueAt: number): Promise<void> {
    if (this.isIdle) return;
    // While a cycle is under way, those who have missed it wait for that, and not for their time.
    const counts = this.cycle === undefined;
    if (counts) this.queue.beginWait();
    await this.alarm.sleepUntil(dueAt);
    if (counts) this.queue.endWait();
  }

  private get isIdle(): boolean {
    return this.updates.size === 0 && !this.cycle && !this.looks.areSent;
  }

  private async runCycle(): Promise<void> {
    const permit = await this.permission();
    // Whoever asked for the permit may have left, and others may have come, in the same moment.
    const isAllowed = permit !== undefined || !this.store.admission;
    const updates = isAllowed
      ? this.queue.take(this.options.clock.now(), this.separation.probes)
      : [];
    const cycle = new Cycle(updates, permit, this.context);
    this.cycle = cycle;
    try {
      if (updates.length > 0) await cycle.run();
    } catch (error) {
      this.failCycle(cycle.fail(), error, updates.length);
    } finally {
      permit?.giveBack();
      this.cycle = undefined;
      this.alarm.ring();
    }
  }

  private failCycle(left: readonly Update<Raw, Note>[], error: unknown, batchSize: number): void {
    // Only whose part was refused shall hear of it; and that may belong to an update that has left.
    const isAboutContent = isStoreError(error) && 'aboutContent' in error.failure;
    if (isAboutContent && batchSize > 1) this.separation.refusedTogether(left, error);
    else if (left.length > 0) {
      this.context.contention.noteFailure(error);
      failAttempts(left, error, this.context.contention);
      if (isAboutContent) for (const one of left) this.separation.refusedAlone(one, error);
    }
  }

  /** Got before the read: a wait between read and write would invite conflicts. */
  private async permission(): Promise<Permit | undefined> {
    const asking = new AbortController();
    this.cycle = { asking };
    this.queue.beginWait();
    const { contention, memory } = this.context;
    const requests = memory.holdsRead(this.options.clock.now()) ? 1 : REQUESTS_OF_A_CYCLE;
    const permit = await this.store.admission
      ?.permit(requests, asking.signal, contention.hadConflict)
      .catch(() => undefined);
    this.queue.endWait(permit?.waitedMs);
    return permit && requests < REQUESTS_OF_A_CYCLE ? { ...permit, requests } : permit;
  }
}
