import { createHash } from 'node:crypto';

import type { Clock } from '../clock';
import { type Delta, type Parts, textOf } from '../parts';

/** What a process knows of a record lasts so long, in ms. */
export const REMEMBERED_MS = 60_000;

/** Longer texts are remembered by their digest. */
const LONGEST_TEXT = 200;

/** So many of the latest writes are remembered of one part. */
const MOST_CHANGES = 8;

/** How a write of this process was to change a part. */
interface OwnChange {
  readonly before: string;
  readonly after: string;
  readonly at: number;
  /** Whether nobody knows what became of it. */
  readonly isOpen: boolean;
  /** Whether it may have replaced anything: it was sent under no version, and no read has shown it yet. */
  readonly replacesAny: boolean;
  /** Tells one write from another of the same text. */
  readonly write: symbol;
}

/** What this process has written to the parts of a record in the last minute, whoever asks later. */
export class OwnTexts {
  private readonly changes = new Map<string, readonly OwnChange[]>();
  private readonly writes = new WeakMap<Delta, symbol>();
  private characters = 0;

  /** @param onGrown told how many characters it takes more, or less */
  constructor(
    private readonly clock: Clock,
    private readonly onGrown: (characters: number) => void = () => undefined,
  ) {}

  /** How many characters it takes. */
  get size(): number {
    return this.characters;
  }

  /** A write is sent, conditional on a version or on none. */
  noteSent(delta: Delta, version: number | null): void {
    const at = this.clock.now();
    const write = Symbol();
    this.writes.set(delta, write);
    for (const name of this.changes.keys()) this.replace(name, this.recent(name));
    for (const [name, { from, to }] of delta) {
      const texts = { before: digest(from), after: digest(to) };
      // A gap does not tell who left it.
      const replacesAny = version === null && (to ?? '') !== '';
      const change = { ...texts, at, isOpen: true, replacesAny, write };
      this.replace(name, [...(this.changes.get(name) ?? []), change].slice(-MOST_CHANGES));
    }
  }

  /** It is known what became of a write. */
  noteSettled(delta: Delta): void {
    const write = this.writes.get(delta);
    for (const name of delta.keys()) {
      this.revise(name, (change) => change.write === write, { isOpen: false });
    }
  }

  /** Whether this process has written a text to a part. */
  has(name: string, text: string): boolean {
    const after = digest(text);
    return this.recent(name).some((change) => change.after === after);
  }

  /** What was seen first, with all that a write of unknown outcome may have made of it since. */
  explained(first: Parts, read: Parts): Parts {
    let explained: Map<string, string> | undefined;
    for (const name of this.changes.keys()) {
      const open = this.recent(name).filter(({ isOpen }) => isOpen);
      if (open.length === 0 || textOf(first, name) === textOf(read, name)) continue;
      const [from, to] = [digest(textOf(first, name)), digest(textOf(read, name))];
      const isKnown = open.some(
        ({ after, before, replacesAny }) =>
          from === before || from === after || (replacesAny && to === after),
      );
      if (!isKnown || !open.some(({ after }) => to === after)) continue;
      explained ??= new Map(first);
      if (read.has(name)) explained.set(name, textOf(read, name));
      else explained.delete(name);
    }
    return explained ?? first;
  }

  /** A write was accepted: what reads show later of its parts is no longer taken for an earlier one. */
  noteAccepted(delta: Delta): void {
    this.noteSettled(delta);
    for (const name of delta.keys()) this.revise(name, () => true, { replacesAny: false });
  }

  /** A read has shown some parts: what it shows has arrived, and if it shows again later, others may have set it. */
  noteShown(parts: Parts): void {
    for (const name of this.changes.keys()) {
      const text = digest(textOf(parts, name));
      const isShown = ({ after, replacesAny }: OwnChange) => replacesAny && after === text;
      this.revise(name, isShown, { replacesAny: false });
    }
  }

  private revise(
    name: string,
    isMeant: (change: OwnChange) => boolean,
    now: Partial<Pick<OwnChange, 'isOpen' | 'replacesAny'>>,
  ): void {
    const all = this.changes.get(name);
    if (!all) return;
    this.changes.set(
      name,
      all.map((one) => (isMeant(one) ? { ...one, ...now } : one)),
    );
  }

  private recent(name: string): readonly OwnChange[] {
    return (this.changes.get(name) ?? []).filter((change) => this.isRecent(change));
  }

  private isRecent({ at }: OwnChange): boolean {
    return this.clock.now() - at < REMEMBERED_MS;
  }

  private replace(name: string, changes: readonly OwnChange[]): void {
    const characters = sizeOf(name, changes) - sizeOf(name, this.changes.get(name) ?? []);
    if (changes.length > 0) this.changes.set(name, changes);
    else this.changes.delete(name);
    if (characters === 0) return;
    this.characters += characters;
    this.onGrown(characters);
  }
}

function digest(text: string | null): string {
  if (text === null || text.length <= LONGEST_TEXT) return text ?? '';
  return `${text.length} ${createHash('sha256').update(text).digest('base64')}`;
}

function sizeOf(name: string, changes: readonly OwnChange[]): number {
  return changes.reduce(
    (size, { before, after }) => size + name.length + before.length + after.length,
    0,
  );
}
