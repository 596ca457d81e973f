import type { RoundTrip } from '../backoff/backoff';
import type { CycleContext } from '../cycle/cycle-context';
import { Outcomes } from '../cycle/outcomes';
import { layOver, type Reading, timedRead } from '../cycle/reading';
import type { SharedWrite } from '../cycle/shared-write';
import { goneSince, toldOfAccepted } from '../cycle/told';
import type { AwaitedValues } from '../evidence/awaited-values';
import { isOvertaken, noteOvertaken, overtakenError } from '../evidence/overtaken';
import { onceForEach } from '../once-for-each';
import {
  askedToWaitMs,
  isAbsent,
  isStoreError,
  type Permit,
  type Snapshot,
  StoreError,
} from '../store';
import type { Update } from '../update/update';
import { Confirming, type Waiting } from './confirming';
import { JoinedLooks, type Looker } from './joint-looks';

/** Shows reads to those who wait until what was accepted can be seen, and looks for them on a schedule of its own. */
export class Looks<Raw, Note> implements Looker {
  private readonly confirming = new Confirming<Raw, Note>();
  private request: AbortController | undefined;
  private readonly outcomes: Outcomes<Raw, Note>;
  /** Where others look at the same, as long as anybody waits. */
  private joined: JoinedLooks<Raw> | undefined;

  /** @param tell `failed` whose attempt has failed, why, and by which read; `looked` when a look is over */
  constructor(
    private readonly context: CycleContext<Raw, Note>,
    private readonly tell: {
      failed(updates: readonly Update<Raw, Note>[], error: unknown, read?: RoundTrip): void;
      looked(): void;
    },
  ) {
    this.outcomes = new Outcomes(context);
  }

  add(update: Update<Raw, Note>): void {
    this.confirming.add(update);
    const { jointLooks, log, store } = this.context;
    if (!store.sharedReads) return;
    this.joined ??= new JoinedLooks(jointLooks, store.sharedReads, this, (timed) => {
      this.show(layOver({ ...timed, source: 'read' }, log));
    });
  }

  delete(update: Update<Raw, Note>): void {
    this.confirming.delete(update);
    if (this.confirming.size > 0) return;
    this.joined?.leave();
    this.joined = undefined;
  }

  /** When to begin the next look. */
  get beginsAt(): number {
    return this.joined?.dueAt ?? this.dueAt;
  }

  /** Begins a look, and those of others at the same. */
  begin(): void {
    if (this.joined) this.joined.look(this.now());
    else void this.look();
  }

  /** When the next look is due; never while one is on its way. */
  get dueAt(): number {
    return this.request ? Infinity : this.confirming.next().dueAt;
  }

  get slackMs(): number {
    return this.confirming.next().slackMs;
  }

  /** By then somebody who waits would have no time left for the answer. */
  get latestAt(): number {
    return this.request ? Infinity : this.confirming.next().latestAt;
  }

  get othersCome(): boolean {
    return this.confirming.othersCome;
  }

  /** Whether one is on its way. */
  get areSent(): boolean {
    return this.request !== undefined;
  }

  /** Ends a look that nobody waits for any more. */
  abandon(): void {
    if (this.confirming.size === 0) this.request?.abort();
  }

  /** Reads for all who wait. Its passing failures do not matter, because the next look comes anyway. */
  async look(): Promise<void> {
    const { log, record, store } = this.context;
    this.request = new AbortController();
    const { signal } = this.request;
    const asking = this.confirming.waiting();
    // Another read may have told some of them meanwhile.
    const present = () =>
      asking
        .filter(
          ({ confirmation, update: { phase } }) =>
            phase.kind === 'confirming' && phase.confirmation === confirmation,
        )
        .map(({ update }) => update);
    const onSent = () => {
      for (const { progress } of present()) progress.endWait();
    };
    let permit: Permit | undefined;
    let sentAt = this.now();
    let retryAfterMs = 0;
    try {
      if (!store.sharedReads) permit = await store.admission?.permit(1, signal);
      if (present().length === 0) return;
      if (!store.sharedReads) onSent();
      const timeoutMs = present().reduce((ms, one) => Math.max(ms, one.requestTimeoutMs), 0);
      const { mayBeAbsent } = record;
      const limits = { timeoutMs, signal, mayBeAbsent, onSent, ...(permit && { permit }) };
      const timed = await timedRead(store, limits, this.context.clock);
      const { snapshot } = timed;
      ({ sentAt } = timed);
      record.noteVersion(snapshot.version);
      const reading = layOver({ ...timed, source: 'read' }, log);
      this.overtake(this.show(reading), reading);
    } catch (error) {
      if (!isStoreError(error) || this.isFinal(error)) {
        this.tell.failed(present(), error);
      } else {
        // Whose time is up before a read shows anything is to hear why none did.
        for (const update of present()) update.noteFailure(error);
        retryAfterMs = askedToWaitMs(error.failure);
      }
    } finally {
      permit?.giveBack();
      this.request = undefined;
      this.schedule(asking, sentAt, retryAfterMs);
      this.tell.looked();
    }
  }

  /**
   * Tells those who find what they wait for.
   *
   * @returns those who find that what they rest on, or what they have written, is not there. Only a look
   * believes that: what a cycle reads soon after a write may have been there before it, and show late.
   */
  show({ sentAt, shown, snapshot }: Reading<Raw>): readonly Waiting<Raw, Note>[] {
    const overtaken: Waiting<Raw, Note>[] = [];
    const isUndone = onceForEach((taken: SharedWrite<Raw, Note>) => this.isUndone(taken, snapshot));
    const { own } = this.context.record;
    const goneFor = (write: SharedWrite<Raw, Note>) => goneSince(write, snapshot.parts, own);
    const gone = onceForEach(goneFor);
    for (const waiting of this.confirming.waiting()) {
      const { confirmation, update } = waiting;
      const { awaits, since } = confirmation;
      // How a look failed before is not the latest any more.
      update.noteFailure(undefined);
      // Sent before that was accepted, it tells nothing.
      if (sentAt < since) continue;
      if (awaits.kind === 'version') {
        const { taken } = awaits;
        const { version } = snapshot;
        if (version === null || version <= (taken.base.version ?? version)) continue;
        if (isOvertaken(awaits, taken.own.get(update), snapshot)) overtaken.push(waiting);
        else if (isUndone(taken)) this.outcomes.unfinished(update, confirmation, snapshot);
        else this.outcomes.shown(update, confirmation, snapshot, isNext(taken, snapshot));
        continue;
      }
      const standing = awaits.judge(shown, sentAt);
      if (standing === 'changed') overtaken.push(waiting);
      else if (standing === 'settled') this.settle(waiting, awaits, snapshot, gone);
    }
    return overtaken;
  }

  private settle(
    { update, confirmation }: Waiting<Raw, Note>,
    values: AwaitedValues,
    snapshot: Snapshot<Raw>,
    gone: (write: SharedWrite<Raw, Note>) => ReturnType<typeof goneSince>,
  ): void {
    const { batchSize, note, write } = confirmation;
    const success = { snapshot, note, batchSize };
    const own = write?.own.get(update)?.delta;
    if (!write || !own) update.done(success);
    else {
      const { outcome, changed, ...more } = toldOfAccepted(own, values);
      update.succeed(outcome, { ...success, ...more, ...gone(write) }, changed);
    }
  }

  /** Whether the server has left some of a write undone, where the record is just as that has left it. */
  private isUndone(taken: SharedWrite<Raw, Note>, stored: Snapshot<Raw>): boolean {
    if (!isNext(taken, stored)) return false;
    const { onCommit, store } = this.context;
    // What the server has made of a write is not somebody else's either.
    onCommit(taken.after, stored.parts);
    return store.leftUndone?.(taken.delta, stored) === true;
  }

  private isFinal(error: StoreError): boolean {
    return (
      error.failure.kind === 'permanent' && !(isAbsent(error) && this.context.record.mayBeAbsent)
    );
  }

  private overtake(overtaken: readonly Waiting<Raw, Note>[], reading: Reading<Raw>): void {
    for (const { confirmation, update } of overtaken) {
      noteOvertaken(update, confirmation, reading.snapshot, this.context.onCommit);
      update.progress.noteConflict();
    }
    const updates = overtaken.map(({ update }) => update);
    if (updates.length > 0) this.tell.failed(updates, overtakenError(), timesOf(reading));
  }

  /** When to look again for those who were looked for; others have come meanwhile. */
  private schedule(
    asking: readonly Waiting<Raw, Note>[],
    sentAt: number,
    retryAfterMs: number,
  ): void {
    const now = this.now();
    for (const { confirmation } of asking) {
      const { awaits, looks } = confirmation;
      const decidedAt = awaits.kind === 'values' ? awaits.decidedAfter(sentAt) : Infinity;
      looks.looked(now, retryAfterMs, decidedAt);
    }
    for (const { update } of this.confirming.waiting()) update.progress.beginWait();
  }

  private now(): number {
    return this.context.clock.now();
  }
}

function timesOf({ sentAt, answeredAt }: RoundTrip): RoundTrip {
  return { sentAt, answeredAt };
}

/** Whether it is the record at just the version that a write has made. */
function isNext<Raw>(
  { base }: Pick<SharedWrite<Raw, unknown>, 'base'>,
  { version }: Snapshot<Raw>,
): boolean {
  return version === (base.version ?? 0) + 1;
}
