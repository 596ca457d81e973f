import type { Clock } from './clock';

interface Entry<Value> {
  readonly value: Value;
  users: number;
  cancelForgetting?: () => void;
}

/** So many values are kept that nobody uses, the latest ones. */
const MOST_UNUSED = 10_000;

/** Values by key, each kept while anybody uses it, and then for as long as it is useful, unless there are too many. */
export class Registry<Value extends { readonly usefulUntil: number }> {
  private readonly entries = new Map<string, Entry<Value>>();
  /** The one that was used least recently comes first. */
  private readonly unused = new Set<string>();

  constructor(private readonly clock: Clock) {}

  get values(): readonly Value[] {
    return [...this.entries.values()].map(({ value }) => value);
  }

  /** To be followed by {@link release}. */
  acquire(key: string, create: () => Value): Value {
    const entry = this.entries.get(key) ?? { value: create(), users: 0 };
    this.entries.set(key, entry);
    entry.users++;
    entry.cancelForgetting?.();
    this.unused.delete(key);
    return entry.value;
  }

  release(key: string): void {
    const entry = this.entries.get(key);
    if (entry && --entry.users === 0) this.forget(key, entry);
  }

  /** What is of no use any more; asked once more at the end, since a late answer may have changed that. */
  private forget(key: string, entry: Entry<Value>): void {
    const usefulForMs = entry.value.usefulUntil - this.clock.now();
    if (usefulForMs > 0) {
      entry.cancelForgetting = this.clock.later(usefulForMs, () => {
        this.forget(key, entry);
      });
      this.unused.add(key);
      this.forgetSurplus();
    } else {
      this.entries.delete(key);
      this.unused.delete(key);
    }
  }

  private forgetSurplus(): void {
    const [oldest] = this.unused.size > MOST_UNUSED ? this.unused : [];
    if (oldest === undefined) return;
    this.entries.get(oldest)?.cancelForgetting?.();
    this.entries.delete(oldest);
    this.unused.delete(oldest);
  }
}
