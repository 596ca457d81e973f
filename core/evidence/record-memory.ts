import type { Clock } from '../clock';
import { OwnTexts, REMEMBERED_MS } from './own-texts';

/** A record that this process has just written to may be missing in reads for so long, in ms. */
const ABSENCE_PASSES_MS = 10_000;

/** What was made of nothing is believed in only after so many ms. */
const SETTLES_MS = 1000;

/** For so long, in ms, reads that still show a version on which there was a conflict are read again. */
const READ_ON_MS = 2000;

/**
 * Without a version, the same conflict is final after so many times, or after so long, in ms; but not
 * what came so long ago that it is another matter.
 */
const FINAL_AFTER = { times: 5, ms: 5000, pauseMs: 10_000 };

/** A conflict that came several times in the same words. */
interface Repeated {
  readonly words: string;
  readonly since: number;
  readonly latestAt: number;
  readonly times: number;
}

/** The newest version that was seen. */
interface NewestVersion {
  readonly version: number;
  /** When it was seen last. */
  readonly at: number;
}

/** A write that met a conflict under a version. */
interface RefusedVersion {
  readonly version: number;
  readonly namesVersion: boolean;
  readonly at: number;
}

/**
 * What this process knows of a record for the next minute: enough to tell a read that is behind from
 * one that shows something new, and what it may have written itself from what others have. Never a
 * snapshot.
 */
export class RecordMemory {
  private newest: NewestVersion | undefined;
  private writtenAt = -Infinity;
  private madeAt = -Infinity;
  private refused: RefusedVersion | undefined;
  /** Conflicts in the same words, in a row, where there is no version. */
  private unversioned: Repeated | undefined;
  /** What it has written itself. */
  readonly own: OwnTexts;

  /** @param onGrown see {@link OwnTexts} */
  constructor(
    private readonly clock: Clock,
    onGrown?: (characters: number) => void,
  ) {
    this.own = new OwnTexts(clock, onGrown);
  }

  /** A read of an older version is behind. */
  get newestVersion(): number {
    const { newest } = this;
    return newest && this.isRecent(newest.at) ? newest.version : -Infinity;
  }

  /** Whether reads may miss the record for a moment, because it was written to just now. */
  get mayBeAbsent(): boolean {
    return this.clock.now() - this.writtenAt < ABSENCE_PASSES_MS;
  }

  /**
   * Milliseconds until what this process has made of nothing, and what it has written since, can be
   * believed in. Somebody else who had found nothing either sends a write about a round trip later at
   * most, and that may replace all of it. No more than half of the time that is left.
   */
  settlesIn(leftMs: number): number {
    return Math.max(0, Math.min(SETTLES_MS - (this.clock.now() - this.madeAt), leftMs / 2));
  }

  /** A write that makes the record was taken. */
  noteMade(): void {
    this.madeAt = this.clock.now();
  }

  /** The record has this version, or a later one. */
  noteVersion(version: number | null): void {
    if (version === null || version < this.newestVersion) return;
    this.newest = { version, at: this.clock.now() };
  }

  /** A write was accepted, or got no answer. */
  noteWrite(): void {
    this.writtenAt = this.clock.now();
    this.unversioned = undefined;
  }

  /**
   * A write has met a conflict.
   *
   * @param version the one that it was conditional on
   * @param namesVersion whether the server's own code says that this is about the version
   * @param words of the server
   * @returns whether it cannot be: reads have gone on showing that version since another conflict that
   * did not name it, or there is no version, and it has come again and again
   */
  noteConflict(version: number | null, namesVersion: boolean, words: string): boolean {
    if (version === null) return this.noteUnversioned(words);
    const before = this.refused?.version === version ? this.refused : undefined;
    const isFinal = !namesVersion && before?.namesVersion === false && !this.isRefused(version);
    // Those that are taken apart then have one try each.
    if (!isFinal) this.refused = { version, namesVersion, at: this.clock.now() };
    return isFinal;
  }

  /** Whether a read of this version is behind: surely, or most likely, since a write under it has just met a conflict. */
  isBehind(version: number | null): boolean {
    return version !== null && (version < this.newestVersion || this.isRefused(version));
  }

  /** Whether a conflict has said that the record has moved on from this version: then it proves nothing. */
  isOvertaken(version: number | null): boolean {
    const { refused } = this;
    if (version === null || !refused?.namesVersion || version > refused.version) return false;
    return this.isRecent(refused.at);
  }

  private isRefused(version: number): boolean {
    const { refused } = this;
    if (!refused || version > refused.version) return false;
    return this.clock.now() - refused.at < READ_ON_MS;
  }

  private noteUnversioned(words: string): boolean {
    const now = this.clock.now();
    const { unversioned } = this;
    const isSame = unversioned?.words === words && now - unversioned.latestAt < FINAL_AFTER.pauseMs;
    const since = isSame ? unversioned.since : now;
    const times = isSame ? unversioned.times + 1 : 1;
    this.unversioned = { words, since, latestAt: now, times };
    return times >= FINAL_AFTER.times || now - since >= FINAL_AFTER.ms;
  }

  private isRecent(at: number): boolean {
    return this.clock.now() - at < REMEMBERED_MS;
  }
}
