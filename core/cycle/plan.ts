import type { Change, Verdict, View } from '../change';
import type { Intent, OwnWrite } from '../evidence/intent';
import type { IntentLog } from '../evidence/intent-log';
import {
  apply,
  type Delta,
  isSameText,
  type PartChange,
  type Parts,
  shownOf,
  textOf,
} from '../parts';
import type { Beginning } from '../update/beginning';
import { isFreshFor, type Reading } from './reading';

/** An update, as far as planning is concerned. */
export interface Planned<Raw, Note> {
  readonly change: Change<Raw, Note>;
  readonly calledAt: number;
  readonly beginning: Pick<Beginning, 'first' | 'theirs'>;
  readonly writes: { readonly surelyWritten: Delta };
}

/** What one update wants done. */
export interface Step<Updating, Note> {
  readonly update: Updating;
  readonly verdict: Verdict<Note>;
  /** Whether it rests on a read that was sent after the update was asked for, and on nothing else. */
  readonly isProved: boolean;
  /** The parts that it rests on and that the server did not show: accepted only, or about to be written. */
  readonly unseen: readonly string[];
}

/** What of this process was accepted, by the latest read. */
export type Accepted = Pick<IntentLog, 'alternative' | 'isOurs' | 'unsettled'>;

/** What is to be done for all updates of a batch. */
export interface Plan<Updating, Note> {
  readonly steps: readonly Step<Updating, Note>[];
  /** Whose change has thrown. A bug of one is none of its companions' business. */
  readonly crashed: readonly { readonly update: Updating; readonly error: unknown }[];
  /** What to write, all in all; `undefined` where nobody wants anything written. */
  readonly write: Omit<Intent<Updating>, 'base'> | undefined;
  /**
   * Set where somebody's "nothing to do" or refusal rests on a snapshot that was not read for it.
   * Where anything is written, the write under the same version proves that the snapshot was still
   * the latest.
   */
  readonly needsRead: boolean;
}

/**
 * Applies all changes in order of arrival, each to what the one before it leaves.
 *
 * @param log what of this process was accepted
 */
export function plan<Raw, Note, Updating extends Planned<Raw, Note>>(
  updates: readonly Updating[],
  base: Reading<Raw>,
  log: Accepted,
): Plan<Updating, Note> {
  const { parts: read } = base.snapshot;
  const steps: Step<Updating, Note>[] = [];
  const crashed: { update: Updating; error: unknown }[] = [];
  let parts = read;
  let after: Map<string, string> | undefined;
  const own = new Map<Updating, OwnWrite>();
  const changes = new Map<string, PartChange>();
  const renewed = new Map<string, PartChange>();
  for (const update of updates) {
    const before = parts;
    try {
      const verdict = update.change.apply(viewFor(update, before, base, log));
      const isProved = after === undefined && isFreshFor(update, base);
      steps.push({ update, verdict, isProved, unseen: unseenIn(verdict, before, base, log) });
      if (verdict.kind !== 'write') continue;
      own.set(update, { delta: verdict.delta, change: update.change });
      after ??= new Map(read);
      for (const [name, change] of verdict.delta) {
        const { to } = change;
        // It is written though it seems to be there: a read cannot be relied on, or does not show it yet.
        if (isSameText(textOf(before, name), to)) {
          renewed.set(name, { from: (renewed.get(name) ?? change).from, to });
        }
        changes.set(name, { from: read.get(name) ?? null, to });
      }
      apply(after, verdict.delta);
      parts = after;
    } catch (error) {
      crashed.push({ update, error });
    }
  }
  const moved = [...changes].filter(([, { from, to }]) => from !== to);
  const delta = new Map([...shownOf(parts, renewed), ...moved]);
  // Without a version, what undoes itself is not written, and the read is all that it rests on.
  const isIdle = !after || (delta.size === 0 && base.snapshot.version === null);
  const needsRead = isIdle && steps.some(({ update }) => !isFreshFor(update, base));
  return { steps, crashed, write: after && { delta, after, own }, needsRead };
}

/** The parts that a verdict rests on and the server did not show, or not for good. */
function unseenIn(
  verdict: Verdict<unknown>,
  before: Parts,
  { shown }: Reading<unknown>,
  log: Accepted,
): readonly string[] {
  const restsOn = verdict.kind === 'unchanged' ? verdict.restsOn : [];
  return restsOn.filter(
    (name) => textOf(shown, name) !== textOf(before, name) || log.unsettled(name) !== undefined,
  );
}

/** The record as an update is shown it, with what those before it leave. */
function viewFor<Raw, Note>(
  { beginning, writes }: Planned<Raw, Note>,
  parts: Parts,
  { shown, snapshot: { parts: read, raw } }: Reading<Raw>,
  log: Accepted,
): View<Raw> {
  return {
    parts,
    read,
    first: beginning.first ?? read,
    theirs: beginning.theirs,
    written: writes.surelyWritten,
    raw,
    isOurs: (name) => log.isOurs(name, parts),
    alternative: (name) =>
      textOf(parts, name) === textOf(read, name) ? log.alternative(name) : undefined,
    isUnseen: (name) => textOf(shown, name) !== textOf(read, name),
  };
}
