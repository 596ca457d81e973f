import { type Clock, systemClock, type Visibility } from '../core';
import type { Attributes } from './attributes';

/** After this, in ms, a value that was accepted but never seen is given up: Genesys itself speaks of 10 s. */
const FORGET_AFTER_MS = 30_000;

interface Accepted {
  readonly value: string;
  /** Older values that a read may still show. */
  readonly stale: ReadonlySet<string>;
  /** Whether the value was there before, so that a read that shows it need not show this write. */
  readonly isBack: boolean;
  readonly forgetAt: number;
  /** Whether a read has shown it. Then it is kept only so that later writes of ours can be told from others'. */
  seen: boolean;
  /** What this process wrote after it. */
  next?: Accepted;
}

/**
 * Remembers what the API has accepted (202) but reads do not show yet, so that the next update of
 * this process does not take the old value for the present one. An attribute that is missing and an
 * empty one are the same here.
 */
export class AcceptedWrites {
  private readonly records = new Map<string, Map<string, Accepted>>();

  constructor(private readonly clock: Clock = systemClock) {}

  /** What the record will hold when all that was accepted has become visible. */
  laidOver(record: string, shown: Attributes): Attributes {
    const accepted = this.records.get(record);
    if (!accepted) return shown;
    const attributes = new Map(shown);
    for (const [name, one] of accepted) {
      const value = shown.get(name) ?? '';
      if (one.forgetAt <= this.clock.now()) accepted.delete(name);
      else if (value === one.value) one.seen ||= !one.isBack;
      else if (!one.seen && one.stale.has(value)) attributes.set(name, one.value);
      else accepted.delete(name);
    }
    if (accepted.size === 0) this.records.delete(record);
    return attributes;
  }

  /**
   * Notes values that were accepted, and tells from later reads what became of them.
   *
   * @param before the attributes that the write was made from, laid over
   */
  accept(record: string, values: Attributes, before: Attributes): (seen: Attributes) => Visibility {
    const accepted = this.records.get(record) ?? new Map<string, Accepted>();
    const noted = new Map<string, Accepted>();
    for (const [name, value] of values) {
      const earlier = accepted.get(name);
      const stale = new Set(earlier && !earlier.seen ? earlier.stale : []);
      stale.add(before.get(name) ?? '');
      const isBack = stale.delete(value);
      const forgetAt = this.clock.now() + FORGET_AFTER_MS;
      const latest = { value, stale, isBack, forgetAt, seen: false };
      if (earlier) earlier.next = latest;
      accepted.set(name, latest);
      noted.set(name, latest);
    }
    // At the end of the map, where the newest are.
    this.records.delete(record);
    this.records.set(record, accepted);
    this.clock.later(FORGET_AFTER_MS, () => {
      this.forgetOld();
    });
    return judge(noted);
  }

  /** Tells from later reads what became of all that a record shows only because it was laid over; `undefined` where nothing was. */
  pending(record: string): ((seen: Attributes) => Visibility) | undefined {
    const unseen = [...(this.records.get(record) ?? [])].filter(([, { seen }]) => !seen);
    return unseen.length > 0 ? judge(new Map(unseen)) : undefined;
  }

  private forgetOld(): void {
    for (const [record, accepted] of this.records) {
      const newest = Math.max(...[...accepted.values()].map(({ forgetAt }) => forgetAt));
      if (newest > this.clock.now()) return;
      this.records.delete(record);
    }
  }
}

function judge(accepted: ReadonlyMap<string, Accepted>): (seen: Attributes) => Visibility {
  return (seen) => {
    const states = [...accepted].map(([name, one]) => visibilityOf(one, seen.get(name) ?? ''));
    if (states.includes('overtaken')) return 'overtaken';
    return states.includes('notYet') ? 'notYet' : 'there';
  };
}

function visibilityOf(ours: Accepted, shown: string): Visibility {
  // A later write of this process came after ours, so ours was there before it.
  for (let one: Accepted | undefined = ours; one; one = one.next) {
    if (one.value === shown) return 'there';
  }
  return ours.stale.has(shown) ? 'notYet' : 'overtaken';
}
