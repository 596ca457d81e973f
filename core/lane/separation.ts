import type { Random } from '../clock';
import type { StoreError } from '../store';
import type { Update } from '../update/update';
import type { UpdateQueue } from './update-queue';

/** So many that are refused alone, in the same words, speak for all. */
const ENOUGH = 8;

/**
 * Finds out who is to blame where a common write was refused for its content. Most often it is one of
 * many, and each is tried with fewer and fewer others. But where the record takes no write at all,
 * as some do not after a call has ended, all would hear that one by one. So when a few from all over
 * the batch were refused alone, the others are tried together; and when a few more were refused after
 * that, the rest hear it together.
 */
export class Separation<Raw, Note> {
  private members: ReadonlySet<Update<Raw, Note>> = new Set();
  private spread: ReadonlySet<Update<Raw, Note>> = new Set();
  private readonly refusals = new Map<string, number>();
  /** The words in which enough were refused: all others are tried once more, together. */
  private verdict: string | undefined;
  /** Whether that was refused in the same words, and others speak now. */
  private isConfirmed = false;

  constructor(
    private readonly queue: UpdateQueue<Raw, Note>,
    private readonly random: Random,
  ) {}

  /** To be tried alone, before the others. */
  get probes(): ReadonlySet<Update<Raw, Note>> {
    return this.spread;
  }

  /** A write was taken. What is taken of one may be taken of all. */
  taken(): void {
    this.members = new Set();
    this.spread = new Set();
    this.refusals.clear();
    this.verdict = undefined;
  }

  /** A common write of these was refused. */
  refusedTogether(updates: readonly Update<Raw, Note>[], error: StoreError): void {
    const isVerdict = error.message === this.verdict;
    const isOver = [...this.members].every(({ phase }) => phase.kind === 'ended');
    if (isVerdict || isOver) {
      this.taken();
      this.isConfirmed = isVerdict;
      if (updates.length >= 2 * ENOUGH) {
        this.members = new Set(updates);
        this.spread = new Set(this.someOf(updates));
      }
    }
    for (const update of updates) {
      this.queue.limitBatch(update, Math.ceil(updates.length / 2));
      update.retryAtOnce();
    }
  }

  /** One was refused alone. */
  refusedAlone(update: Update<Raw, Note>, error: StoreError): void {
    const { message } = error;
    const names = this.queue.wantedBy(update);
    if (!this.members.has(update) || names.some((name) => isNamedIn(message, name))) return;
    const times = (this.refusals.get(message) ?? 0) + 1;
    this.refusals.set(message, times);
    if (times !== ENOUGH) return;
    this.spread = new Set();
    if (this.isConfirmed) this.endAll(error);
    else {
      this.verdict = message;
      for (const member of this.members) this.queue.limitBatch(member, this.members.size);
    }
  }

  private endAll(error: StoreError): void {
    for (const member of this.members) {
      if (member.phase.kind !== 'waiting') continue;
      member.noteFailure(error);
      member.end('permanent');
    }
  }

  /** One from each part of the batch, by chance: what is wrong with them may have a rhythm. */
  private someOf(updates: readonly Update<Raw, Note>[]): readonly Update<Raw, Note>[] {
    const every = updates.length / ENOUGH;
    return Array.from({ length: ENOUGH }, (_, part) =>
      updates.at(Math.floor((part + this.random()) * every)),
    ).filter((update) => update !== undefined);
  }
}

/** Whether a refusal is about one part: then it says nothing about updates of others. */
function isNamedIn(message: string, name: string): boolean {
  const at = message.indexOf(name);
  if (at < 0) return false;
  const isPartOfWord = (character = ' ') => /\w/.test(character);
  return !isPartOfWord(message[at - 1]) && !isPartOfWord(message[at + name.length]);
}
