import { type Backoff, fittingMs, type Observation } from '../backoff';
import type { Change } from '../change';
import type { SharedWrite } from '../cycle/shared-write';
import type { Fate } from '../evidence/intent';
import { type Delta, NO_CHANGES } from '../parts';
import type { StoreError } from '../store';
import { type Stands, UpdateError, type UpdateErrorReason } from '../update-error';
import type { Origin, Success, UpdatePolicy, UpdateResult } from '../update-types';
import { Beginning } from './beginning';
import { ending, ON_ITS_WAY } from './ending';
import { Failures } from './failures';
import { OwnWrites } from './own-writes';
import { enter, leave, type Phase, standsIn } from './phase';
import { Progress } from './progress';
import { Stay } from './stay';

/**
 * One update: what it wants, what it has been through, and the phase that it is in.
 *
 * It ends by itself when it is cancelled or its time is up; but not while a write of its own is on
 * its way, whose outcome is the truth.
 */
export class Update<Raw, Note> {
  /** When it was asked for. */
  readonly calledAt: number;
  readonly arrival: number;
  readonly progress: Progress;
  readonly beginning = new Beginning();
  readonly writes = new OwnWrites<SharedWrite<Raw, Note>>();
  private readonly settling = Promise.withResolvers<UpdateResult<Raw, Note>>();
  readonly result = this.settling.promise;
  private readonly writing = Promise.withResolvers<undefined>();
  /** Resolves when its first write is answered: it waits to be seen, or has ended. */
  readonly writeAnswered = this.writing.promise;
  private currentPhase: Phase<SharedWrite<Raw, Note>, Note> = { kind: 'locating' };
  private readonly failures = new Failures();
  readonly stay = new Stay();
  private backoff: Backoff;
  private readonly cancelling = new AbortController();
  private readonly stopWatching: () => void;

  constructor(
    readonly change: Change<Raw, Note>,
    readonly policy: UpdatePolicy,
    private readonly origin: Origin,
  ) {
    const { arrival, clock, listeners, signal } = origin;
    this.arrival = arrival;
    this.calledAt = clock.now();
    this.progress = new Progress(clock, policy.totalTimeoutMs);
    this.backoff = policy.backoff;
    const stopListening = listeners.onAbort(signal, () => {
      this.cancelling.abort();
      this.stop('cancelled');
    });
    const stopTimer = clock.later(policy.totalTimeoutMs, () => {
      this.stop('deadline');
    });
    this.stopWatching = () => {
      stopListening();
      stopTimer();
    };
    // It may end before anybody waits for its result.
    this.result.catch(() => undefined);
  }

  get phase(): Phase<SharedWrite<Raw, Note>, Note> {
    return this.currentPhase;
  }

  /** Whether it takes part in a cycle. */
  get takesPart(): boolean {
    return this.phase.kind === 'reading' || this.phase.kind === 'writing';
  }

  /** Whether it takes part in a cycle and is not cancelled: then a request that is not sent yet is for it, too. */
  get isWanted(): boolean {
    return this.takesPart && this.origin.signal?.aborted !== true;
  }

  /** Aborts when it is cancelled: for what waits for it alone. */
  get cancelled(): AbortSignal | undefined {
    return this.origin.signal && this.cancelling.signal;
  }

  /** Whether others of the same target are about to read its record. */
  get othersCome(): boolean {
    return this.origin.gathering?.othersCome === true;
  }

  get chaseGapMs(): number | undefined {
    return this.backoff.chaseGapMs;
  }

  /** In ms, for a request that is made for it. */
  get requestTimeoutMs(): number {
    return Math.min(this.policy.requestTimeoutMs, this.progress.remainingMs());
  }

  /** Milliseconds to wait before the next attempt, of which the server asked for a part; `roll` is in [0, 1). */
  delayMs(roll: number): number {
    const { askedToWaitMs } = this.failures;
    const leftMs = this.progress.remainingMs() - askedToWaitMs;
    return askedToWaitMs + fittingMs(this.backoff, roll, leftMs);
  }

  /** The one way from a phase to the next; nothing follows the end. */
  moveTo(phase: Phase<SharedWrite<Raw, Note>, Note>): void {
    const from = this.currentPhase.kind;
    if (from === 'ended') return;
    leave(this.currentPhase);
    enter(phase);
    this.currentPhase = phase;
    if (phase.kind === 'confirming') this.failures.latest = undefined;
    if (phase.kind === 'ended') this.stopWatching();
    if (phase.kind === 'confirming' || phase.kind === 'ended') this.writing.resolve(undefined);
    this.stay.home?.moved(from);
    if (phase.kind === 'ended') this.stay.end();
  }

  observe(observation: Observation): void {
    this.backoff = this.backoff.observe(observation);
  }

  /** How the latest request failed that was made for it, among others; `undefined` where it did not. */
  noteFailure(failure: StoreError | undefined): void {
    this.failures.latest = failure;
  }

  /** What became of a write of its own. */
  noteFate(
    write: SharedWrite<Raw, Note>,
    fate: Fate,
    more: { readonly accepted?: boolean; readonly seen?: Delta } = {},
  ): void {
    // An accepted write stands in for those before it whose outcome is open.
    if (more.accepted) this.writes.forgetOpen();
    this.writes.note(write, { delta: write.own.get(this)?.delta ?? NO_CHANGES, fate, ...more });
  }

  /** The write on its way was answered, or will not be. */
  endWrite(): void {
    this.moveTo({ kind: 'reading' });
    this.checkTime();
  }

  /** The write that it shared was refused, perhaps for another's sake: it tries again at once. */
  retryAtOnce(): void {
    this.failures.latest = undefined;
    this.moveTo({ kind: 'waiting', notBefore: -Infinity });
  }

  /** An attempt has failed: it ends, or waits so many ms for the next one. */
  failAttempt(error: StoreError, delayMs: () => number): void {
    if (this.stay.home?.isElsewhere(error)) {
      this.leave(error);
      return;
    }
    this.failures.latest = error;
    const { kind } = error.failure;
    if (kind === 'permanent') this.end(kind);
    else this.checkTime();
    if (this.phase.kind === 'ended') return;
    this.failures.add(error);
    if (this.failures.areLasting || this.failures.ofAttempts.length >= this.policy.maxAttempts) {
      this.end('attempts');
      return;
    }
    // What was cut short with the update itself tells nothing of the server.
    if (this.progress.isOver) this.failures.dropLatest();
    const waitMs = delayMs();
    if (waitMs < this.progress.remainingMs()) {
      this.moveTo({ kind: 'waiting', notBefore: this.origin.clock.now() + waitMs });
      return;
    }
    // Only where the server said how long.
    this.end(kind === 'throttled' && this.failures.askedToWaitMs > 0 ? 'throttled' : 'deadline');
  }

  /** Its record is to be found anew, and the attempt goes on there. */
  private leave(error: StoreError): void {
    if (this.takesPart) this.progress.takeBackAttempt();
    this.failures.latest = undefined;
    this.moveTo({ kind: 'locating' });
    this.stay.end(error);
  }

  /** Ends it with success; `own` is what the write changes that it ends with. */
  succeed(
    outcome: UpdateResult<Raw, Note>['outcome'],
    success: Success<Raw, Note>,
    own: Delta,
  ): void {
    const changed = this.writes.changedWith(own);
    const result = { outcome, changed, ...success, ...this.progress.story() };
    this.moveTo({ kind: 'ended' });
    this.settling.resolve(result);
  }

  /** Ends it where it has nothing left to write. */
  done(success: Success<Raw, Note>): void {
    const end = ending('done', this.writes.soFar);
    if (end.kind === 'success') {
      this.succeed(end.outcome, success, NO_CHANGES);
      return;
    }
    this.end('indeterminate', 'A write of unknown outcome may have been applied, or may still be.');
  }

  /** Ends it for a reason; where a write may still be applied, as indeterminate. `stands`: see `UpdateError`. */
  end(reason: UpdateErrorReason, message = this.failures.told(reason), stands?: Stands): void {
    if (this.phase.kind === 'ended') return;
    const writing = this.phase.kind === 'writing' ? [ON_ITS_WAY] : [];
    const { accepted, reason: why, written } = ending(reason, [...this.writes.soFar, ...writing]);
    const { latest, ofAttempts: failures } = this.failures;
    const known = { accepted, written, failures, stands: stands ?? standsIn(this.phase) };
    this.crash(new UpdateError(message, why, this.progress.story(), latest, known));
  }

  /** Ends it with a bug. */
  crash(error: unknown): void {
    this.moveTo({ kind: 'ended' });
    this.settling.reject(error);
  }

  /** Ends it where it is cancelled or its time is up, whatever its timer does. */
  checkTime(): void {
    if (this.phase.kind === 'writing') return;
    if (this.origin.signal?.aborted) this.end('cancelled');
    else if (this.progress.remainingMs() <= 0) this.end('deadline');
  }

  private stop(reason: 'cancelled' | 'deadline'): void {
    const { phase } = this;
    if (phase.kind === 'writing') {
      // The store gives the write up at the same moment, and has more to say.
      if (reason === 'deadline') {
        void this.origin.clock.turn().then(() => {
          if (this.phase === phase) this.end(reason);
        });
      }
      this.stay.home?.moved(phase.kind);
      return;
    }
    const closed = phase.kind === 'waiting' && reason === 'deadline' && this.stay.home?.closed();
    if (closed) this.failures.latest = closed;
    // What finds its record is told by the signal and the timeout, too, and has more to say.
    if (phase.kind !== 'locating') this.end(closed ? 'throttled' : reason);
  }
}
