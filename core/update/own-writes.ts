import { type Delta, merged, NO_CHANGES } from '../parts';
import type { WriteSoFar } from './ending';

interface KnownWrite extends WriteSoFar {
  readonly delta: Delta;
  /** What of it a read has shown. */
  readonly seen: Delta;
}

/** A write, and what is known of it; all of it is taken for seen unless something else is said. */
type NotedWrite = Pick<KnownWrite, 'delta' | 'fate'> & Partial<KnownWrite>;

/** All that one update has written, by write, and what became of it; of what was not applied nothing is kept. */
export class OwnWrites<Write> {
  private readonly writes = new Map<Write, KnownWrite>();

  /** Whether the update may have written without knowing it. */
  get areUncertain(): boolean {
    return this.all.some(({ fate }) => fate === 'open' || fate === 'unknowable');
  }

  /** What was written, though a part of it may have been set by others. */
  get written(): Delta {
    return this.sumOf(({ seen }) => seen);
  }

  /** What surely was written, as far as anybody can tell. */
  get surelyWritten(): Delta {
    if (this.writes.size === 0) return NO_CHANGES;
    return this.all.some(({ fate }) => fate === 'seenInPart') ? NO_CHANGES : this.written;
  }

  /**
   * All that it has changed together with a last write, from what the record held before the first one
   * that is there, in part at least.
   */
  changedWith(last: Delta): Delta {
    const known = merged(this.written, last);
    const all = merged(
      this.sumOf(({ delta }) => delta),
      last,
    );
    return new Map([...all].filter(([name, { from, to }]) => known.has(name) && from !== to));
  }

  /** Whether the update is to hear what became of a write. */
  isOpen(write: Write): boolean {
    return this.writes.get(write)?.fate === 'open';
  }

  note(write: Write, { delta, fate, accepted = false, seen = delta }: NotedWrite): void {
    if (fate === 'notApplied') this.writes.delete(write);
    else this.writes.set(write, { delta, seen, fate, accepted });
  }

  /** What is open will never be applied, or a later write stands in for it. */
  forgetOpen(): void {
    for (const [write, { fate }] of this.writes) if (fate === 'open') this.writes.delete(write);
  }

  /** What is known of each for an update that stops now. */
  get soFar(): readonly WriteSoFar[] {
    return this.all.map(({ accepted, delta, fate, seen }) => ({
      // Half of it is not what was wanted.
      fate: fate === 'seen' && seen.size < delta.size ? 'seenInPart' : fate,
      accepted,
    }));
  }

  /** What those add up to that are there, in part at least. */
  private sumOf(part: (write: KnownWrite) => Delta): Delta {
    return this.all.reduce(
      (delta, write) =>
        write.fate === 'seen' || write.fate === 'seenInPart' ? merged(delta, part(write)) : delta,
      NO_CHANGES,
    );
  }

  private get all(): readonly KnownWrite[] {
    return [...this.writes.values()];
  }
}
