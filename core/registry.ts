import type { Clock } from './clock';

interface Entry<Value> {
  readonly value: Value;
  users: number;
  cancelForgetting?: () => void;
}

/** Values by key, each kept while anybody uses it, and then for as long as it is useful. */
export class Registry<Value extends { readonly usefulUntil: number }> {
  private readonly entries = new Map<string, Entry<Value>>();

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
    } else this.entries.delete(key);
  }
}
