import type { Clock } from '../../../core';
import type { Snapshot } from '../flat';
import type { Content } from './operation';

/** For so long after a write of its own a process does not believe that there is no such record. */
const DISBELIEF_MS = 10_000;

/** What a plain process knows of its records. */
export class ProcessMemory {
  private readonly records = new Map<string, RecordMemory>();

  constructor(private readonly clock: Clock) {}

  of(key: string): RecordMemory {
    const known = this.records.get(key) ?? new RecordMemory(this.clock);
    this.records.set(key, known);
    return known;
  }
}

/** What one write was to make of a record: names and their values; a name that is removed has none. */
type SentValues = ReadonlySet<string>;

/** What a plain process knows of one record. */
export class RecordMemory {
  /** The newest version seen. */
  newest = 0;
  private echo: Snapshot<Content> | undefined;
  private writtenAt = -Infinity;
  /** What its callers have written, as far as anybody can tell. */
  private readonly sent = new Set<SentValues>();

  constructor(private readonly clock: Clock) {}

  get hasJustWritten(): boolean {
    return this.clock.now() - this.writtenAt < DISBELIEF_MS;
  }

  see(version: number | null): void {
    this.newest = Math.max(this.newest, version ?? 0);
  }

  /** A write was taken, or got no answer. */
  noteWriteEnd(): void {
    this.writtenAt = this.clock.now();
  }

  /** A write is sent. */
  noteWrite(before: Content, after: Content): SentValues {
    const values: SentValues = new Set(
      Object.keys({ ...before, ...after })
        .filter((name) => before[name] !== after[name])
        .map((name) => `${name} ${after[name] ?? ''}`),
    );
    this.sent.add(values);
    return values;
  }

  /** It was refused. */
  forgetWrite(values: SentValues): void {
    this.sent.delete(values);
  }

  keepEcho(snapshot: Snapshot<Content> | undefined): void {
    this.echo = snapshot;
  }

  takeEcho(): Snapshot<Content> | undefined {
    const { echo } = this;
    this.echo = undefined;
    return echo;
  }

  /** What a caller saw first, with what its own process may have made of it since. */
  shifted(first: Content, now: Content, isForgetful: boolean): Content {
    if (isForgetful) return first;
    const own = Object.keys({ ...first, ...now }).filter((name) =>
      [...this.sent].some((values) => values.has(`${name} ${now[name] ?? ''}`)),
    );
    const entries = Object.entries(first).filter(([name]) => !own.includes(name));
    const shifted = own.flatMap((name) => {
      const value = now[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return Object.fromEntries([...entries, ...shifted]);
  }
}
