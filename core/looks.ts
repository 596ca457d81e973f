import type { AwaitedValues } from './awaited-values';
import type { RoundTrip } from './backoff/backoff';
import { askedToWaitMs } from './contention';
import type { CycleContext } from './cycle-context';
import { Outcomes } from './outcomes';
import { laidOver } from './parts';
import type { Confirmation } from './phase';
import { layOver, type Reading } from './reading';
import type { SharedWrite } from './shared-write';
import { isAbsent, isStoreError, type Permit, type Snapshot, StoreError } from './store';
import { toldOfAccepted } from './superseding';
import type { Update } from './update';

/** An update that waits to see something. */
interface Waiting<Raw, Note> {
  readonly update: Update<Raw, Note>;
  readonly confirmation: Confirmation<SharedWrite<Raw, Note>, Note>;
}

/** Shows reads to those who wait until what was accepted can be seen, and looks for them on a schedule of its own. */
export class Looks<Raw, Note> {
  private request: AbortController | undefined;
  private readonly outcomes: Outcomes<Raw, Note>;

  /**
   * @param confirming those who wait to see something
   * @param onFailed told whose attempt has failed, why, and by which read
   */
  constructor(
    private readonly context: CycleContext<Raw, Note>,
    private readonly confirming: ReadonlySet<Update<Raw, Note>>,
    private readonly onFailed: (
      updates: readonly Update<Raw, Note>[],
      error: unknown,
      read?: RoundTrip,
    ) => void,
  ) {
    this.outcomes = new Outcomes(context);
  }

  /** When the next look is due; never while one is on its way. */
  get dueAt(): number {
    let dueAt = Infinity;
    if (this.request) return dueAt;
    for (const { phase } of this.confirming) {
      if (phase.kind === 'confirming') dueAt = Math.min(dueAt, phase.confirmation.looks.dueAt);
    }
    return dueAt;
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
    const asking = this.waiting();
    // Another read may have told some of them meanwhile.
    const present = () =>
      asking
        .filter(
          ({ confirmation, update: { phase } }) =>
            phase.kind === 'confirming' && phase.confirmation === confirmation,
        )
        .map(({ update }) => update);
    let permit: Permit | undefined;
    let retryAfterMs = 0;
    try {
      permit = await store.admission?.permit(1, signal);
      if (present().length === 0) return;
      for (const { progress } of present()) progress.endWait();
      const sentAt = this.now();
      const timeoutMs = present().reduce((ms, one) => Math.max(ms, one.requestTimeoutMs), 0);
      const { mayBeAbsent } = record;
      const snapshot = await store.read({
        timeoutMs,
        signal,
        mayBeAbsent,
        ...(permit && { permit }),
      });
      const answeredAt = this.now();
      if (snapshot.version !== null) record.noteVersion(snapshot.version);
      for (const update of present()) update.noteFailure(undefined);
      const reading = layOver({ snapshot, source: 'read', sentAt, answeredAt }, log);
      this.overtake(this.show(reading), reading);
    } catch (error) {
      if (!isStoreError(error) || this.isFinal(error)) {
        this.onFailed(present(), error);
      } else {
        // Only a wait that the server asks for is kept in mind.
        const isThrottled = error.failure.kind === 'throttled';
        for (const update of present()) update.noteFailure(isThrottled ? error : undefined);
        retryAfterMs = askedToWaitMs(error.failure);
      }
    } finally {
      permit?.giveBack();
      this.request = undefined;
      this.schedule(asking, retryAfterMs);
    }
  }

  /**
   * Tells those who find what they wait for.
   *
   * @returns those who have written nothing and find that what they rest on is not so. Only a look
   * believes that: what a cycle reads soon after a write may have been there before it, and show late.
   */
  show(reading: Reading<Raw>): readonly Waiting<Raw, Note>[] {
    const overtaken: Waiting<Raw, Note>[] = [];
    const undone = new Map<SharedWrite<Raw, Note>, boolean>();
    for (const waiting of this.waiting()) {
      const { confirmation } = waiting;
      const { awaits, since } = confirmation;
      // Sent before that was accepted, it tells nothing.
      if (reading.sentAt < since) continue;
      if (awaits.kind === 'version') {
        this.showTaken(waiting, awaits.taken, reading.snapshot, undone);
        continue;
      }
      const standing = awaits.judge(reading.shown, reading.sentAt);
      if (standing === 'changed') overtaken.push(waiting);
      else if (standing === 'settled') this.tell(waiting, awaits, reading.snapshot);
    }
    return overtaken;
  }

  private tell(
    { update, confirmation }: Waiting<Raw, Note>,
    values: AwaitedValues,
    snapshot: Snapshot<Raw>,
  ): void {
    const { batchSize, note, write } = confirmation;
    const success = { snapshot, note, batchSize };
    const own = write?.own.get(update)?.delta;
    if (!own) update.done(success);
    else {
      const { outcome, changed, ...more } = toldOfAccepted(own, values);
      update.succeed(outcome, { ...success, ...more }, changed);
    }
  }

  /** @param undone - what is known already of the writes that were taken */
  private showTaken(
    { update, confirmation }: Waiting<Raw, Note>,
    taken: SharedWrite<Raw, Note>,
    snapshot: Snapshot<Raw>,
    undone: Map<SharedWrite<Raw, Note>, boolean>,
  ): void {
    const { version } = snapshot;
    const { base } = taken;
    if (version === null || base.version === null || version <= base.version) return;
    const isExact = version === base.version + 1;
    const isUndone = undone.get(taken) ?? (isExact && this.isUndone(taken, snapshot));
    undone.set(taken, isUndone);
    if (isUndone) this.outcomes.unfinished(update, confirmation, snapshot);
    else this.outcomes.shown(update, confirmation, snapshot, isExact);
  }

  /** @param stored the record just as the write has left it */
  private isUndone({ base, delta }: SharedWrite<Raw, Note>, stored: Snapshot<Raw>): boolean {
    const { onCommit, store } = this.context;
    // What the server has made of a write is not somebody else's either.
    onCommit(laidOver(base.parts, delta), stored.parts);
    return store.leftUndone?.(delta, stored) === true;
  }

  private isFinal(error: StoreError): boolean {
    return (
      error.failure.kind === 'permanent' && !(isAbsent(error) && this.context.record.mayBeAbsent)
    );
  }

  private overtake(overtaken: readonly Waiting<Raw, Note>[], reading: Reading<Raw>): void {
    for (const { update } of overtaken) update.progress.noteConflict();
    const updates = overtaken.map(({ update }) => update);
    if (updates.length > 0) this.onFailed(updates, overtakenError(), timesOf(reading));
  }

  private waiting(): readonly Waiting<Raw, Note>[] {
    return [...this.confirming].flatMap((update) =>
      update.phase.kind === 'confirming'
        ? [{ update, confirmation: update.phase.confirmation }]
        : [],
    );
  }

  /** When to look again for those who were looked for; others have come meanwhile. */
  private schedule(asking: readonly Waiting<Raw, Note>[], retryAfterMs: number): void {
    const now = this.now();
    for (const { confirmation } of asking) {
      const { awaits, looks } = confirmation;
      const decidedAt = awaits.kind === 'values' ? awaits.decidedAfter(now) : Infinity;
      looks.looked(now, retryAfterMs, decidedAt);
    }
    for (const { update } of this.waiting()) update.progress.beginWait();
  }

  private now(): number {
    return this.context.surroundings.clock.now();
  }
}

function timesOf({ sentAt, answeredAt }: RoundTrip): RoundTrip {
  return { sentAt, answeredAt };
}

function overtakenError(): StoreError {
  return new StoreError('Somebody else wrote to the same attributes right after us.', {
    kind: 'conflict',
    namesVersion: false,
  });
}
