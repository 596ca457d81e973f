import type { Acceptance } from '../evidence/acceptance';
import { AwaitedValues } from '../evidence/awaited-values';
import { noteUndone } from '../evidence/overtaken';
import {
  keepsRemoved,
  prove,
  showsAsMerged,
  showsAsWritten,
  showsNothing,
} from '../evidence/proof';
import { LookSchedule, looksFor } from '../looks/look-schedule';
import { type Delta, NO_CHANGES } from '../parts';
import { NONE_YET, type Receipt, type Snapshot, StoreError } from '../store';
import type { Success } from '../update-types';
import type { Awaited, Confirmation } from '../update/phase';
import type { Update } from '../update/update';
import type { CycleContext } from './cycle-context';
import type { Step } from './plan';
import { cameWith } from './reading';
import { settleAsLost, type SharedWrite } from './shared-write';
import { toldOfTaken } from './told';

/** Ends the updates of a cycle that have got what they want, or lets them wait until a read shows it. */
export class Outcomes<Raw, Note> {
  constructor(private readonly context: CycleContext<Raw, Note>) {}

  /** Nothing is to be written for it, and a snapshot proves it. */
  idle(
    { update, unseen, verdict }: Step<Update<Raw, Note>, Note>,
    batchSize: number,
    snapshot: Snapshot<Raw>,
  ): void {
    if (verdict.kind === 'refused') update.end('refused', verdict.reason);
    if (verdict.kind !== 'unchanged') return;
    const told = { note: verdict.note, batchSize };
    const acceptances = update.writes.areUncertain ? [] : this.unseen(update, unseen);
    if (acceptances.length > 0) {
      const awaits = new AwaitedValues(acceptances, snapshot.parts);
      this.confirmValues(update, awaits, { write: undefined, ...told });
    } else update.done({ snapshot, ...told });
  }

  /** A snapshot shows that a write without an answer was applied. */
  found(
    update: Update<Raw, Note>,
    write: SharedWrite<Raw, Note>,
    note: Note,
    snapshot: Snapshot<Raw>,
  ): void {
    const told = { note, batchSize: write.steps.length };
    const own = write.own.get(update)?.delta ?? NO_CHANGES;
    // What shows it may be a later value of this process that was only accepted.
    const acceptances = this.unseen(update, [...own.keys()]);
    if (acceptances.length > 0) {
      this.confirmValues(update, new AwaitedValues(acceptances), { write, ...told });
      return;
    }
    const { altered, changed } = toldOfTaken(write, own, snapshot.parts);
    if (altered.size > 0) update.succeed('written', { snapshot, ...told, altered }, changed);
    else update.succeed('written', { snapshot, ...told }, own);
  }

  /**
   * A write was accepted that reads are to show; or it got no answer, and a read shows that it was
   * applied and then overwritten by others, in part.
   *
   * @param asks whether an update is to hear of it
   */
  accepted(
    write: SharedWrite<Raw, Note>,
    acceptances: ReadonlyMap<string, Acceptance>,
    asks: (update: Update<Raw, Note>) => boolean = () => true,
  ): void {
    const { base, steps } = write;
    const after = { ...base, parts: write.after, version: null };
    this.context.onCommit(base.parts, after.parts);
    this.context.contention.noteSuccess();
    const batchSize = steps.length;
    for (const step of steps) {
      const { update, verdict } = step;
      if (!asks(update)) continue;
      if (verdict.kind !== 'write') {
        if (!step.isProved) this.idle(step, batchSize, after);
        continue;
      }
      const { delta: own, note } = verdict;
      if (update.policy.waitUntilVisible === false) {
        update.succeed('accepted', { snapshot: after, note, batchSize }, own);
        continue;
      }
      const sent = [...own.keys()].flatMap((name) => acceptances.get(name) ?? []);
      // Where companions have undone all of it, what it met may still have to show.
      const awaited = sent.length > 0 ? sent : this.context.log.allUnseen;
      this.confirmValues(update, new AwaitedValues(awaited), { write, note, batchSize });
    }
  }

  /**
   * A write was taken. Whoever finds in the reply what it wrote is done; the others wait for a read.
   *
   * @returns the reply, where it shows that the store has to go on in another way
   */
  taken(write: SharedWrite<Raw, Note>, receipt: Receipt<Raw>): Snapshot<Raw> | undefined {
    const { base, delta, steps } = write;
    const accepted = receipt.accepted === true;
    const { contention, onCommit, record, store } = this.context;
    const expected = { ...base, parts: write.after, version: null };
    const makesIt = base.version === NONE_YET;
    if (makesIt) record.noteMade();
    // A reply that shows nothing newer than the base proves nothing.
    const reply = accepted || makesIt ? base : (receipt.snapshot ?? expected);
    const { isBase, isExact, shows, ...proof } = prove(write, reply);
    const isUndone = isExact && store.leftUndone?.(delta, reply) === true;
    const isMerged = isUndone && showsAsMerged(write, reply.parts);
    const after = isUndone ? (isMerged ? reply : undefined) : proof.after;
    contention.noteSuccess();
    if (base.version !== null) {
      const isCounted = !after || (reply.version ?? Infinity) > base.version;
      this.noteVersion(Math.max(base.version + (isCounted ? 1 : 0), reply.version ?? 0));
    }
    onCommit(base.parts, isUndone ? reply.parts : expected.parts);
    if (isBase) this.keep(reply);
    const batchSize = steps.length;
    const isNew = record.settlesIn(Infinity) > 0;
    const awaits = { kind: 'version', taken: write, accepted, isNew } as const;
    for (const step of steps) {
      const { update, verdict } = step;
      const unproved = () => {
        const since = this.context.clock.now() + record.settlesIn(update.progress.remainingMs());
        return { batchSize, looks: new LookSchedule(since, 0), since };
      };
      const waits = !accepted || update.policy.waitUntilVisible !== false;
      if (verdict.kind === 'write') {
        const { delta: own, note } = verdict;
        if (!waits) {
          update.succeed('accepted', { snapshot: expected, note, batchSize }, own);
        } else if (after && shows(own.keys())) {
          update.succeed('written', { snapshot: after, note, batchSize }, own);
        } else if (isUndone && update.change.idempotent) {
          noteUndone(update, write, reply.parts);
          update.endWrite();
        } else this.confirm(update, { ...unproved(), awaits, write, note });
      } else if (!step.isProved && !isUndone) {
        if (verdict.kind === 'refused' || !waits || (after && shows(step.unseen))) {
          this.idle(step, batchSize, after ?? expected);
        } else
          this.confirm(update, { ...unproved(), awaits, write: undefined, note: verdict.note });
      }
    }
    return isUndone ? reply : undefined;
  }

  /** A read shows the record after a write that was taken. */
  shown(
    update: Update<Raw, Note>,
    { awaits, batchSize, note, write }: Confirmation<SharedWrite<Raw, Note>, Note>,
    snapshot: Snapshot<Raw>,
    isExact: boolean,
  ): void {
    const success = { snapshot, note, batchSize };
    const own = write?.own.get(update)?.delta;
    if (!write || !own) update.done(success);
    else if (!isExact && keepsRemoved(write, own, snapshot.parts)) {
      // The server merges, or somebody has set it to the same again: nobody can tell.
      update.end('indeterminate', 'What was removed is there, as it was before.');
    } else if (!isExact && isOnlyAccepted(awaits) && showsNothing(write, snapshot.parts)) {
      update.end('indeterminate', 'What was accepted is not there: all is as it was before.');
    } else if (!isExact || showsAsWritten(write, own.keys(), snapshot.parts)) {
      update.succeed('written', success, own);
    } else this.storedOtherwise(update, write, own, success);
  }

  /** The store has to go on in another way with a write that was taken; what must not run twice is done. */
  unfinished(
    update: Update<Raw, Note>,
    confirmation: Confirmation<SharedWrite<Raw, Note>, Note>,
    snapshot: Snapshot<Raw>,
  ): void {
    const { write } = confirmation;
    const own = write?.own.get(update);
    const { parts } = snapshot;
    if (write && own?.change.idempotent && !showsAsWritten(write, own.delta.keys(), parts)) {
      noteUndone(update, write, parts);
      update.moveTo({ kind: 'waiting', notBefore: -Infinity });
    } else this.shown(update, confirmation, snapshot, true);
  }

  /** It shows what the server has made of what it was sent: another form of that, or nothing. */
  private storedOtherwise(
    update: Update<Raw, Note>,
    write: SharedWrite<Raw, Note>,
    own: Delta,
    success: Success<Raw, Note>,
  ): void {
    const { altered, changed } = toldOfTaken(write, own, success.snapshot.parts);
    if (changed.size > 0) update.succeed('written', { ...success, altered }, changed);
    else {
      update.noteFate(write, 'notApplied');
      update.noteFailure(
        new StoreError('It took the write, and stores nothing of it.', { kind: 'permanent' }),
      );
      update.end('permanent');
    }
  }

  /** A receipt that shows the record just as it is saves the next cycle its read. */
  private keep(snapshot: Snapshot<Raw>): void {
    const { clock, freshMs, memory } = this.context;
    memory.latest = snapshot.parts;
    memory.spareRead(cameWith('receipt', snapshot, clock.now()), freshMs);
  }

  /** A write was taken under the version before. */
  private noteVersion(version: number): void {
    const { memory, record } = this.context;
    memory.settleUnanswered(settleAsLost);
    record.noteVersion(version);
  }

  /** What was accepted of these parts that an update is to wait for, until reads tell what became of it. */
  private unseen({ policy }: Update<Raw, Note>, names: readonly string[]): readonly Acceptance[] {
    const { log, store } = this.context;
    if (store.versioned || policy.waitUntilVisible === false) return [];
    return names.flatMap((name) => log.unseen(name) ?? log.unsettled(name) ?? []);
  }

  private confirmValues(
    update: Update<Raw, Note>,
    awaits: AwaitedValues,
    what: Omit<Confirmation<SharedWrite<Raw, Note>, Note>, 'since' | 'awaits' | 'looks'>,
  ): void {
    const since = this.context.clock.now();
    const looks = looksFor(awaits.firstLookAt, since, update.progress.remainingMs());
    this.confirm(update, { ...what, awaits, looks, since });
  }

  private confirm(
    update: Update<Raw, Note>,
    confirmation: Confirmation<SharedWrite<Raw, Note>, Note>,
  ): void {
    const { awaits, write } = confirmation;
    const accepted = awaits.kind === 'values' || awaits.accepted;
    if (write) update.noteFate(write, 'open', { accepted });
    update.moveTo({ kind: 'confirming', confirmation });
  }
}

function isOnlyAccepted(awaits: Awaited<unknown>): boolean {
  return awaits.kind === 'version' && awaits.accepted;
}
