import { strategies, type UpdatePolicy } from '../../../core';
import type { Observation } from '../../../core/backoff';
import { SharedListeners } from '../../../core/cancellation';
import type { OwnWrite } from '../../../core/evidence/intent';
import type { CycleContext } from '../../../core/cycle/cycle-context';
import type { Step } from '../../../core/cycle/plan';
import type { Reading } from '../../../core/cycle/reading';
import type { SharedWrite } from '../../../core/cycle/shared-write';
import { RecordMemory } from '../../../core/evidence/record-memory';
import { Contention } from '../../../core/lane/contention';
import { LaneMemory } from '../../../core/lane/lane-memory';
import { UpdateQueue } from '../../../core/lane/update-queue';
import { difference, laidOver, type Parts } from '../../../core/parts';
import { Registry } from '../../../core/registry';
import type { Snapshot, Store } from '../../../core/store';
import type { Confirmation } from '../../../core/update/phase';
import { Update } from '../../../core/update/update';
import { logOf, partsOf, type Values } from '../evidence/log-of-one-record';
import { VirtualClock, withoutTimers } from '../virtual-clock';

export type Member = Update<null, string>;
export type Write = SharedWrite<null, string>;

const POLICY: UpdatePolicy = {
  maxAttempts: 3,
  totalTimeoutMs: 30_000,
  requestTimeoutMs: 1000,
  backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
};

interface Joining extends Partial<UpdatePolicy> {
  readonly idempotent?: boolean;
  /** Where its own timer does not ring. */
  readonly isLate?: boolean;
  /** Whether others are about to read its record. */
  readonly othersCome?: boolean;
}

export function snapshotOf(
  texts: Readonly<Record<string, string>>,
  version: number | null,
): Snapshot<null> {
  return { parts: partsOf(texts), version, raw: null };
}

/** It has nothing to write; `unseen`: what of that it rests on the server did not show. */
export function idle(
  update: Member,
  { isProved = false, unseen = [] }: { isProved?: boolean; unseen?: readonly string[] } = {},
): Step<Member, string> {
  const verdict = { kind: 'unchanged', note: 'as wanted', restsOn: unseen } as const;
  return { update, verdict, isProved, unseen };
}

export function refusing(update: Member): Step<Member, string> {
  return { update, verdict: { kind: 'refused', reason: 'no' }, isProved: false, unseen: [] };
}

/** What an update waits to see. */
export function waitOf({ phase }: Member): Confirmation<Write, string> {
  if (phase.kind !== 'confirming') throw new Error(`It does not wait: it is ${phase.kind}.`);
  return phase.confirmation;
}

/** All that the cycles of one record work with. */
export function setUp(store: Partial<Store<null>> = {}) {
  const clock = new VirtualClock();
  const commits: (readonly [from: Parts, to: Parts])[] = [];
  const readings: Reading<null>[] = [];
  const updates = new Set<Member>();
  const notExpected = () => Promise.reject(new Error('no request was expected'));
  const context: CycleContext<null, string> = {
    store: { versioned: true, read: notExpected, write: notExpected, ...store },
    clock,
    freshMs: 1000,
    memory: new LaneMemory(),
    contention: new Contention(clock, () => 0.5),
    log: logOf(clock),
    record: new RecordMemory(clock),
    jointLooks: new Registry(clock),
    onRead: (reading) => {
      readings.push(reading);
    },
    onCommit: (...commit) => {
      commits.push(commit);
    },
    updates,
    queue: new UpdateQueue(),
  };
  const listeners = new SharedListeners();

  /** An update that takes part in a cycle. */
  const join = ({
    idempotent = true,
    isLate = false,
    othersCome = false,
    ...policy
  }: Joining = {}): Member => {
    const update: Member = new Update(
      { idempotent, apply: () => ({ kind: 'refused', reason: 'it was not asked' }) },
      { ...POLICY, ...policy },
      {
        clock: isLate ? withoutTimers(clock) : clock,
        arrival: updates.size,
        signal: undefined,
        listeners,
        gathering: { othersCome },
      },
    );
    updates.add(update);
    update.moveTo({ kind: 'reading' });
    return update;
  };

  /** A write that some share, each from what the one before it leaves; with those who have nothing to write. */
  const writing = (
    base: Snapshot<null>,
    wishes: readonly (readonly [Member, Values])[],
    others: readonly Step<Member, string>[] = [],
  ): Write => {
    const own = new Map<Member, OwnWrite>();
    let after = base.parts;
    const steps = wishes.map(([update, values]): Step<Member, string> => {
      const before = after;
      const wanted = Object.entries(values).map(
        ([name, to]) => [name, { from: before.get(name) ?? null, to }] as const,
      );
      const delta = new Map(wanted);
      after = laidOver(before, delta);
      own.set(update, { delta, change: update.change });
      return {
        update,
        verdict: { kind: 'write', delta, note: 'done' },
        isProved: false,
        unseen: [],
      };
    });
    const delta = difference(base.parts, after);
    const sending = context.log.note({ base, delta });
    return { base, delta, after, own, steps: [...steps, ...others], sending };
  };

  /** What this process has sent before, and the server has accepted. */
  const accept = (values: Values) =>
    context.log.noteAccepted(writing(snapshotOf({}, null), [[join(), values]]).sending);

  /** What a newcomer is taught of those who compete for the record. */
  const observed = (): readonly Observation['kind'][] => {
    const seen: Observation['kind'][] = [];
    context.contention.teach({
      observe: ({ kind }) => {
        seen.push(kind);
      },
      delayMs: () => 0,
    });
    return seen;
  };

  return { accept, clock, commits, context, join, observed, readings, writing };
}
