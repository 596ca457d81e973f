import type { Clock } from '../clock';
import { REMEMBERED_MS } from './own-texts';
import { RecordMemory } from './record-memory';

/** So many records are remembered at most, and so many characters of what was written to them: 16 MiB. */
const MOST_RECORDS = 10_000;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/**
 * What this process knows of records, by record. Those that were not used for a minute are forgotten,
 * and the oldest where there is too much: whenever another is asked for, so that it takes no timer.
 */
export class RecordMemories {
  /** The one that was used least recently comes first. */
  private readonly entries = new Map<string, { readonly memory: RecordMemory; usedAt: number }>();
  private characters = 0;

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.entries.size;
  }

  of(record: string): RecordMemory {
    const memory = this.entries.get(record)?.memory ?? this.create(record);
    this.keep(record, memory);
    return memory;
  }

  /** It is in use, and is so now for another minute. */
  keep(record: string, memory: RecordMemory): void {
    const known = this.entries.get(record)?.memory;
    this.characters += memory.own.size - (known?.own.size ?? 0);
    this.entries.delete(record);
    this.sweep();
    this.entries.set(record, { memory, usedAt: this.clock.now() });
  }

  private create(record: string): RecordMemory {
    const memory = new RecordMemory(this.clock, (characters) => {
      // It may be forgotten here and still be in use.
      if (this.entries.get(record)?.memory === memory) this.characters += characters;
    });
    return memory;
  }

  private sweep(): void {
    const since = this.clock.now() - REMEMBERED_MS;
    for (const [record, { memory, usedAt }] of this.entries) {
      const isTooMuch = this.entries.size >= MOST_RECORDS || this.characters > MOST_CHARACTERS;
      if (usedAt > since && !isTooMuch) return;
      this.entries.delete(record);
      this.characters -= memory.own.size;
    }
  }
}
