import type { Phase } from '../update/phase';
import type { Update } from '../update/update';

/** What an update wants to write, and with how many others. */
interface Terms {
  /** It shares a write with at most so many, itself included; fewer after a write that was refused. */
  readonly largestBatch: number;
  /** The parts that it wanted to write when it was planned last. */
  readonly names: readonly string[];
}

const NO_TERMS: Terms = { largestBatch: Infinity, names: [] };

/** No more go at once: to plan them, and to tell them how they have ended, keeps the event loop. */
const MOST_AT_ONCE = 2000;

/** An update, and when it may go. */
interface Due<Raw, Note> {
  readonly update: Update<Raw, Note>;
  readonly at: number;
  /** Whether that is for another's sake. */
  readonly isHeld: boolean;
}

/** The updates of one record that wait for their next attempt. */
export class UpdateQueue<Raw, Note> {
  private readonly updates = new Set<Update<Raw, Note>>();
  private readonly terms = new WeakMap<Update<Raw, Note>, Terms>();

  get size(): number {
    return this.updates.size;
  }

  /** When the first of them may go; those who come earlier take the others along. */
  get dueAt(): number {
    let dueAt = Infinity;
    if (this.isApart) for (const { at } of this.apart()) dueAt = Math.min(dueAt, at);
    else for (const update of this.first) dueAt = Math.min(dueAt, timeOf(update.phase));
    return dueAt;
  }

  add(update: Update<Raw, Note>): void {
    this.updates.add(update);
  }

  delete(update: Update<Raw, Note>): void {
    this.updates.delete(update);
  }

  /** The parts that an update wanted to write when it was planned last. */
  wantedBy(update: Update<Raw, Note>): readonly string[] {
    return this.termsOf(update).names;
  }

  /** Notes what updates want to write that are planned together, and gives those who have to let somebody go first. */
  noteWanted(
    planned: readonly { readonly update: Update<Raw, Note>; readonly names: readonly string[] }[],
  ): readonly Due<Raw, Note>[] {
    for (const { update, names } of planned) {
      this.terms.set(update, { ...this.termsOf(update), names });
    }
    if (!this.isApart) return [];
    const together = new Set(planned.map(({ update }) => update));
    return this.apart(together).filter(({ update, isHeld }) => together.has(update) && isHeld);
  }

  /** It shares a write with no more than so many from now on. */
  limitBatch(update: Update<Raw, Note>, largestBatch: number): void {
    this.terms.set(update, { ...this.termsOf(update), largestBatch });
  }

  /**
   * Those who go next, in order of arrival: whoever tries again has come before the newcomers.
   *
   * @param probes go first and alone, unless they would overtake somebody who wants to write the same
   */
  take(now: number, probes: ReadonlySet<Update<Raw, Note>>): readonly Update<Raw, Note>[] {
    for (const update of [...this.updates]) update.checkTime();
    const batch = this.isApart ? this.takeApart(now, probes) : inOrder(this.first);
    for (const update of batch) update.moveTo({ kind: 'reading' });
    return batch;
  }

  beginWait(): void {
    for (const { progress } of this.updates) progress.beginWait();
  }

  /** @param atMostMs see `Progress` */
  endWait(atMostMs?: number): void {
    for (const { progress } of this.updates) progress.endWait(atMostMs);
  }

  /** Those who go next, where none goes apart. */
  private get first(): Iterable<Update<Raw, Note>> {
    const { updates } = this;
    return updates.size > MOST_AT_ONCE ? inOrder(updates).slice(0, MOST_AT_ONCE) : updates;
  }

  private get isApart(): boolean {
    for (const update of this.updates) {
      if (this.termsOf(update).largestBatch !== Infinity) return true;
    }
    return false;
  }

  private termsOf(update: Update<Raw, Note>): Terms {
    return this.terms.get(update) ?? NO_TERMS;
  }

  /**
   * When each may go where companions do not go along. Whoever waits for its own time holds up those
   * who come after it and want to write the same parts, so that no earlier value comes after a later
   * one, and nobody else.
   *
   * @param together those who are under way, and hold nobody up themselves
   */
  private apart(together: ReadonlySet<Update<Raw, Note>> = new Set()): readonly Due<Raw, Note>[] {
    const heldUntil = new Map<string, number>();
    return inOrder([...this.updates, ...together]).map((update) => {
      const { names } = this.termsOf(update);
      let at = together.has(update) ? -Infinity : timeOf(update.phase);
      let isHeld = false;
      for (const name of names) {
        const until = heldUntil.get(name);
        isHeld ||= until !== undefined;
        at = Math.max(at, until ?? -Infinity);
      }
      if (!together.has(update)) for (const name of names) heldUntil.set(name, at);
      return { update, at, isHeld };
    });
  }

  private takeApart(now: number, probes: ReadonlySet<Update<Raw, Note>>): Update<Raw, Note>[] {
    const waiting = this.apart();
    const wanted = new Set<string>();
    for (const { update, at } of waiting) {
      const { names } = this.termsOf(update);
      const overtakes = names.some((name) => wanted.has(name));
      if (probes.has(update) && at <= now && !overtakes) return [update];
      for (const name of names) wanted.add(name);
    }
    const batch: Update<Raw, Note>[] = [];
    let largest = MOST_AT_ONCE;
    for (const { update, at } of waiting) {
      if (at > now) continue;
      largest = Math.min(largest, this.termsOf(update).largestBatch);
      if (batch.length >= largest) break;
      batch.push(update);
    }
    return batch;
  }
}

function inOrder<Raw, Note>(updates: Iterable<Update<Raw, Note>>): readonly Update<Raw, Note>[] {
  return [...updates].sort((one, other) => one.arrival - other.arrival);
}

function timeOf(phase: Phase<unknown, unknown>): number {
  return phase.kind === 'waiting' ? phase.notBefore : Infinity;
}
