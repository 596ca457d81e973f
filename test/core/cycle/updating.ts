import { strategies, UpdateError, type UpdatePolicy } from '../../../core';
import { SharedListeners } from '../../../core/cancellation';
import type { Change, Verdict, View } from '../../../core/change';
import type { Clock } from '../../../core/clock';
import { type Delta, difference, laidOver, type Parts } from '../../../core/parts';
import { Update } from '../../../core/update/update';

/** `null` stands for a part that is not there. */
export type Texts = Readonly<Record<string, string | null>>;

export type Updating = Update<null, string>;

export const partsOf = (texts: Texts): Parts =>
  new Map(Object.entries(texts).flatMap(([name, text]) => (text === null ? [] : [[name, text]])));

/** What makes parts what they are to be. */
export function deltaOf(before: Parts, wanted: Texts): Delta {
  const changes = Object.entries(wanted).map(
    ([name, to]) => [name, { from: before.get(name) ?? null, to }] as const,
  );
  return difference(before, laidOver(before, new Map(changes)));
}

export type Apply = (view: View<null>) => Verdict<string>;

/** Sets parts, where they are not so yet. */
export const setting =
  (wanted: Texts): Apply =>
  ({ parts }) => {
    const delta = deltaOf(parts, wanted);
    return delta.size > 0
      ? { kind: 'write', delta, note: 'set' }
      : { kind: 'unchanged', note: 'there', restsOn: Object.keys(wanted) };
  };

export const refusing: Apply = () => ({ kind: 'refused', reason: 'no' });

export interface More extends Partial<Omit<Change<null, string>, 'apply'>>, Partial<UpdatePolicy> {
  readonly signal?: AbortSignal;
  /** Its place in order. */
  readonly arrival?: number;
}

/** An update that takes part in a cycle, and that may run twice unless told otherwise. */
export function updating(
  clock: Clock,
  apply: Apply = setting({}),
  { arrival = 0, conditional = false, idempotent = true, signal, ...policy }: More = {},
): Updating {
  const update = new Update<null, string>(
    { idempotent, conditional, apply },
    {
      maxAttempts: 10,
      totalTimeoutMs: 60_000,
      requestTimeoutMs: 1000,
      backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
      ...policy,
    },
    { clock, arrival, signal, listeners: new SharedListeners() },
  );
  update.moveTo({ kind: 'reading' });
  return update;
}

/** How it has ended, or that it has not. */
export async function endOf({ phase, result }: Updating): Promise<string> {
  if (phase.kind !== 'ended') return phase.kind;
  return await result.then(
    ({ outcome }) => outcome,
    (error: unknown) => (error instanceof UpdateError ? error.reason : String(error)),
  );
}
