import type { Clock } from '../../../../core';
import type { Content } from '../operation';

/** An accepted write may stay unseen for so long at least. */
const BOUND_MS = 10_000;
/** For so long after a write of its own a process does not believe that there is no such record. */
const DISBELIEF_MS = 10_000;

/** A value that a process has sent. */
export interface OwnValue {
  readonly name: string;
  readonly value: string;
  /** What the process knew of this name before it sent it. */
  readonly older: ReadonlySet<string>;
  acceptedAt?: number;
  isSeen?: true;
}

/** What a plain process knows of one record without versions. */
export class PatchMemory {
  /** Whether one of its callers is about to write. */
  isBusy = false;
  private longestLagMs = 0;
  private writtenAt = -Infinity;
  /** By name, in the order in which they were sent. */
  private readonly own = new Map<string, OwnValue[]>();
  /** All that reads have shown. */
  private readonly shown: Content[] = [];

  constructor(private readonly clock: Clock) {}

  get hasJustWritten(): boolean {
    return this.clock.now() - this.writtenAt < DISBELIEF_MS;
  }

  /** How long an accepted write may stay unseen. */
  get boundMs(): number {
    return Math.max(BOUND_MS, 2 * this.longestLagMs);
  }

  /** Notes what a read that was sent at a time has shown. */
  see(content: Content, sentAt: number): void {
    this.shown.push(content);
    for (const [name, all] of this.own) {
      const value = content[name] ?? '';
      for (const one of all) {
        if (one.isSeen || one.value !== value || one.older.has(value)) continue;
        // What got no answer was accepted, too.
        const acceptedAt = (one.acceptedAt ??= sentAt);
        if (sentAt < acceptedAt) continue;
        one.isSeen = true;
        this.longestLagMs = Math.max(this.longestLagMs, this.clock.now() - acceptedAt);
      }
    }
  }

  /** A write is sent. */
  send(values: Content): readonly OwnValue[] {
    return Object.entries(values).map(([name, value]) => {
      const before = this.own.get(name) ?? [];
      const shown = this.shown.map((content) => content[name] ?? '');
      const older = new Set([...shown, ...before.map((one) => one.value)]);
      const sent: OwnValue = { name, value, older };
      this.own.set(name, [...before, sent]);
      return sent;
    });
  }

  /** A write was taken, or got no answer. */
  noteWriteEnd(): void {
    this.writtenAt = this.clock.now();
  }

  /** What was accepted last of a name. */
  latest(name: string): OwnValue | undefined {
    return this.own.get(name)?.findLast(({ acceptedAt }) => acceptedAt !== undefined);
  }

  /** Whether a process has sent a value of a name after another. */
  isLaterOwn(value: string, { name, ...sent }: OwnValue): boolean {
    const all = this.own.get(name) ?? [];
    const place = all.findIndex((one) => one.value === sent.value && one.older === sent.older);
    return all.slice(place + 1).some((one) => one.value === value);
  }

  /** Whether it has sent a value of a name at all. */
  isOwn(name: string, value: string): boolean {
    return (this.own.get(name) ?? []).some((one) => one.value === value);
  }

  /** What a read shows, with what was accepted in the place of what is older. */
  withAccepted(content: Content): Content {
    const now = this.clock.now();
    const values = [...this.own.keys()].map((name) => {
      const found = content[name] ?? '';
      const latest = this.latest(name);
      const isOld =
        latest?.acceptedAt !== undefined &&
        latest.older.has(found) &&
        !this.isLaterOwn(found, latest) &&
        now < latest.acceptedAt + this.boundMs;
      return [name, isOld ? latest.value : found] as const;
    });
    const all = Object.entries({ ...content, ...Object.fromEntries(values) });
    return Object.fromEntries(all.filter(([, value]) => value !== ''));
  }
}
