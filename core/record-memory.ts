import type { Clock } from './clock';

/** What a process knows of a record lasts so long, in ms. */
const REMEMBERED_MS = 60_000;

/** A record that this process has just written to may be missing in reads for so long, in ms. */
const ABSENCE_PASSES_MS = 10_000;

/** So many records are remembered at most. */
const MOST_RECORDS = 10_000;

/**
 * What this process knows of a record for the next minute: enough to tell a read that is behind from
 * one that shows something new, and no more. Two numbers, never a snapshot.
 */
export class RecordMemory {
  private newest = -Infinity;
  private newestAt = -Infinity;
  private writtenAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** A read of an older version is behind. */
  get newestVersion(): number {
    return this.clock.now() - this.newestAt < REMEMBERED_MS ? this.newest : -Infinity;
  }

  /** Whether reads may miss the record for a moment, because it was written to just now. */
  get mayBeAbsent(): boolean {
    return this.clock.now() - this.writtenAt < ABSENCE_PASSES_MS;
  }

  /** The record has this version, or a later one. */
  noteVersion(version: number): void {
    if (version < this.newestVersion) return;
    this.newest = version;
    this.newestAt = this.clock.now();
  }

  /** A write was accepted, or got no answer. */
  noteWrite(): void {
    this.writtenAt = this.clock.now();
  }
}

/** The memories of all records, by record; those not used for a minute are forgotten. */
export class RecordMemories {
  /** The one that was used least recently comes first. */
  private readonly entries = new Map<string, { readonly memory: RecordMemory; usedAt: number }>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.entries.size;
  }

  of(record: string): RecordMemory {
    const memory = this.entries.get(record)?.memory ?? new RecordMemory(this.clock);
    this.entries.delete(record);
    this.sweep();
    this.entries.set(record, { memory, usedAt: this.clock.now() });
    return memory;
  }

  private sweep(): void {
    const since = this.clock.now() - REMEMBERED_MS;
    for (const [record, { usedAt }] of this.entries) {
      if (usedAt > since && this.entries.size < MOST_RECORDS) return;
      this.entries.delete(record);
    }
  }
}
