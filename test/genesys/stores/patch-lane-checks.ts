import { UpdateError } from '../../../core';
import type { Call, Ending } from './patch-lane-calls';
import type { Patch, Request } from './patched-participant';

/** All that can be seen of a run. */
export interface Run {
  readonly calls: readonly Call[];
  readonly endings: readonly Ending[];
  readonly requests: readonly Request[];
  readonly applied: readonly Patch[];
}

function endOf({ endings }: Run, index: number): number {
  return endings[index]?.endedAt ?? 0;
}

/** Who of a process was there at a moment. */
function presentAt(run: Run, { at, by }: Request): readonly Call[] {
  return run.calls.filter(
    ({ atMs: from, process }, index) => process === by && from <= at && at <= endOf(run, index),
  );
}

function wants({ wanted }: Call, key: string, value: string): boolean {
  return value === '' ? wanted.remove.has(key) : wanted.set.get(key) === value;
}

/** Who else was there in the same process. */
function companions(run: Run, index: number): readonly Call[] {
  const call = run.calls[index];
  return run.calls.filter(
    (mate, other) =>
      call !== undefined &&
      other !== index &&
      mate.process === call.process &&
      mate.atMs <= endOf(run, index) &&
      endOf(run, other) >= call.atMs,
  );
}

/** Whether what a call changed was applied in its time, by itself or by a companion's value in its place. */
function tookEffect(run: Run, index: number, key: string, value: string): boolean {
  const call = run.calls[index];
  if (!call) return false;
  const endedAt = endOf(run, index);
  const own = run.applied.filter(
    ({ by, sentAt, values }) =>
      by === call.process && sentAt >= call.atMs && sentAt <= endedAt && key in values,
  );
  const [first] = own;
  // Two that undo each other in one PATCH leave nothing to send.
  if (!first) return value === '' || companions(run, index).some((mate) => wants(mate, key, ''));
  // A removed attribute looks as it did before it was set, so nobody can wait to see that.
  const isRemoved = [call, ...companions(run, index)].some((mate) => wants(mate, key, ''));
  if (call.policy.waitUntilVisible === false || isRemoved) return true;
  return run.applied.some(
    ({ values, appliedAt, visibleAt }) =>
      key in values && appliedAt >= first.appliedAt && visibleAt <= endedAt,
  );
}

/** Whether any of the values that a call alone writes was ever applied. */
function leftATrace({ applied }: Run, { wanted }: Call): boolean {
  return applied.some(({ values }) =>
    [...wanted.set].some(([key, value]) => values[key] === value),
  );
}

/** Values of these attributes that were applied again after another had taken their place. */
export function* comebacks(applied: readonly Patch[], names: readonly string[]): Generator<string> {
  const latest = new Map<string, string>();
  const gone = new Set<string>();
  for (const { values } of applied) {
    for (const [key, value] of Object.entries(values)) {
      // A removed one looks like any other.
      if (value === '' || !names.includes(key)) continue;
      const before = latest.get(key);
      if (value !== before && before !== undefined) gone.add(before);
      if (gone.has(value)) yield `${value} came back`;
      latest.set(key, value);
    }
  }
}

/** What nobody asked for, and what callers were told that was not so. */
export function* wrongs(run: Run): Generator<string> {
  for (const request of run.requests) {
    const present = presentAt(run, request);
    if (present.length === 0) yield `a request at ${request.at} ms for nobody`;
    for (const [key, value] of Object.entries(request.values ?? {})) {
      const wanted = present.some((call) => wants(call, key, value));
      if (!wanted) yield `${key} = "${value}" at ${request.at} ms, which nobody wants any more`;
    }
  }
  for (const [index, call] of run.calls.entries()) {
    const { outcome, report, endedAt } = run.endings[index] ?? {};
    for (const [key, { to }] of report?.changed ?? []) {
      if (outcome === 'unchanged' || !tookEffect(run, index, key, to ?? '')) {
        yield `call ${index} was told of ${key} = "${to ?? ''}", which was not so`;
      }
    }
    const nothingWritten =
      outcome === 'unchanged' ||
      (outcome instanceof UpdateError &&
        outcome.reason !== 'indeterminate' &&
        !outcome.accepted &&
        !outcome.written);
    if (nothingWritten && leftATrace(run, call)) yield `call ${index} has written, untold`;
    const { totalTimeoutMs = Infinity } = call.policy;
    if ((endedAt ?? Infinity) > call.atMs + totalTimeoutMs) yield `call ${index} was kept waiting`;
  }
}
