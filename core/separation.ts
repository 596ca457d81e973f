import type { StoreError } from './store';
import type { Update } from './update';
import type { UpdateQueue } from './update-queue';

/** So many that are refused alone, in the same words, speak for all. */
const ENOUGH = 8;

/**
 * Finds out who is to blame where a common write was refused for its content. Most often it is one of
 * many, and each is tried with fewer and fewer others. But where the record takes no write at all,
 * as some do not after a call has ended, all would hear that one by one: a few from all over the batch
 * speak for the others then.
 */
export class Separation<Raw, Note> {
  private members: ReadonlySet<Update<Raw, Note>> = new Set();
  private spread: ReadonlySet<Update<Raw, Note>> = new Set();
  private readonly refusals = new Map<string, number>();

  constructor(private readonly queue: UpdateQueue<Raw, Note>) {}

  /** To be tried alone, before the others. */
  get probes(): ReadonlySet<Update<Raw, Note>> {
    return this.spread;
  }

  /** A write was taken. What is taken of one may be taken of all. */
  taken(): void {
    this.members = new Set();
    this.spread = new Set();
    this.refusals.clear();
  }

  /** A common write of these was refused. */
  refusedTogether(updates: readonly Update<Raw, Note>[]): void {
    const every = updates.length / ENOUGH;
    if (this.members.size === 0 && every >= 2) {
      this.members = new Set(updates);
      this.spread = new Set(updates.filter((_, index) => index % every < 1));
    }
    for (const update of updates) {
      this.queue.limitBatch(update, Math.ceil(updates.length / 2));
      update.retryAtOnce();
    }
  }

  /** One was refused alone. If enough were, in the same words, the others hear those as well. */
  refusedAlone(update: Update<Raw, Note>, error: StoreError): void {
    const { message } = error;
    const names = this.queue.wantedBy(update);
    if (!this.members.has(update) || names.some((name) => isNamedIn(message, name))) return;
    const times = (this.refusals.get(message) ?? 0) + 1;
    this.refusals.set(message, times);
    if (times < ENOUGH) return;
    for (const member of this.members) {
      if (member.phase.kind !== 'waiting') continue;
      member.noteFailure(error);
      member.end('permanent');
    }
  }
}

/** Whether a refusal is about one part: then it says nothing about updates of others. */
function isNamedIn(message: string, name: string): boolean {
  const at = message.indexOf(name);
  if (at < 0 || name === '') return false;
  const isPartOfWord = (character = ' ') => /\w/.test(character);
  return !isPartOfWord(message[at - 1]) && !isPartOfWord(message[at + name.length]);
}
