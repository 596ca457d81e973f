import type { Verdict } from './change';
import type { Member } from './member';
import type { Snapshot, TimedSnapshot } from './store';

/** What a cycle starts from. */
export interface Base<State> extends TimedSnapshot<State> {
  /** Set where no read has shown it: it came with the reply to a write. */
  readonly carriedBy?: 'receipt' | 'conflict';
}

/** What one member wants done. */
export interface Part<State, Report> {
  readonly member: Member<State, Report>;
  readonly verdict: Verdict<State, Report>;
  /** Whether it rests on what lane-mates before it are about to write. */
  readonly restsOnWrite: boolean;
}

/** The changes of all members, applied one after the other. */
export interface Batch<State, Report> {
  readonly base: Base<State>;
  readonly parts: readonly Part<State, Report>[];
  /** What to write; `undefined` where nobody wants anything written. */
  readonly next: State | undefined;
}

/** Applies all changes in order of arrival, each to what the one before it leaves. */
export function compose<State, Report>(
  members: readonly Member<State, Report>[],
  base: Base<State>,
): Batch<State, Report> {
  const parts: Part<State, Report>[] = [];
  let next: State | undefined;
  let current = base.snapshot;
  for (const member of members) {
    const verdict = judge(member, base, current);
    if (!verdict) continue;
    parts.push({ member, verdict, restsOnWrite: next !== undefined });
    if (verdict.kind !== 'write') continue;
    next = verdict.next;
    current = { ...base.snapshot, state: next };
  }
  return { base, parts, next };
}

/** Who has something to write, and what it reports of that. */
export function writersOf<State, Report>(
  batch: Batch<State, Report>,
): Map<Member<State, Report>, Report> {
  return reportsOf(batch, 'write');
}

/** Who has nothing to write, and what it reports. */
export function bystandersOf<State, Report>(
  batch: Batch<State, Report>,
): Map<Member<State, Report>, Report> {
  return reportsOf(batch, 'unchanged');
}

function reportsOf<State, Report>(
  { parts }: Batch<State, Report>,
  kind: 'write' | 'unchanged',
): Map<Member<State, Report>, Report> {
  return new Map(
    parts.flatMap(({ member, verdict }) =>
      verdict.kind === kind ? [[member, verdict.report] as const] : [],
    ),
  );
}

/** Whether a base was read after a member came, so that what it shows was true in that member's time. */
export function isFreshFor(
  { calledAt }: { readonly calledAt: number },
  { carriedBy, sentAt }: Base<unknown>,
): boolean {
  return carriedBy === undefined && sentAt >= calledAt;
}

/**
 * Whether somebody's "nothing to do" or refusal rests on a snapshot that was not read for it. Where
 * anything is written, the write under the same version proves that the snapshot was still the latest.
 */
export function isUnproven<State, Report>({ base, parts, next }: Batch<State, Report>): boolean {
  return next === undefined && parts.some(({ member }) => !isFreshFor(member, base));
}

function judge<State, Report>(
  member: Member<State, Report>,
  base: Base<State>,
  current: Snapshot<State>,
): Verdict<State, Report> | undefined {
  if (isFreshFor(member, base)) member.first ??= base.snapshot;
  const read = { first: member.first ?? base.snapshot, now: base.snapshot };
  try {
    return member.change.apply(current, read, member.provenWritten);
  } catch (error) {
    // A bug of one change is none of its lane-mates' business.
    member.crash(error);
    return undefined;
  }
}
