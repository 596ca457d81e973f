import type { Update } from './update';

/** The updates of one record that wait for their next attempt. */
export class UpdateQueue<Raw, Note> {
  private readonly updates = new Set<Update<Raw, Note>>();

  get size(): number {
    return this.updates.size;
  }

  /** When the first of them may go; those who come earlier take the others along. */
  get dueAt(): number {
    let dueAt = Infinity;
    for (const { phase } of this.updates) {
      if (phase.kind === 'waiting') dueAt = Math.min(dueAt, phase.notBefore);
    }
    return dueAt;
  }

  add(update: Update<Raw, Note>): void {
    this.updates.add(update);
  }

  delete(update: Update<Raw, Note>): void {
    this.updates.delete(update);
  }

  /** Those who go next, in order of arrival: whoever tries again has come before the newcomers. */
  take(now: number): readonly Update<Raw, Note>[] {
    for (const update of [...this.updates]) update.checkTime();
    const batch: Update<Raw, Note>[] = [];
    let largest = Infinity;
    for (const update of this.inOrder(now)) {
      largest = Math.min(largest, update.largestBatch);
      if (batch.length >= largest) break;
      batch.push(update);
    }
    for (const update of batch) update.moveTo({ kind: 'reading' });
    return batch;
  }

  beginWait(): void {
    for (const { progress } of this.updates) progress.beginWait();
  }

  /** @param atMostMs see `Progress` */
  endWait(atMostMs?: number): void {
    for (const { progress } of this.updates) progress.endWait(atMostMs);
  }

  /**
   * Who may go. Where companions do not go along, whoever waits for its own time must neither go
   * before it nor hold up the others.
   */
  private inOrder(now: number): readonly Update<Raw, Note>[] {
    const inOrder = [...this.updates].sort((one, other) => one.arrival - other.arrival);
    if (inOrder.every(({ largestBatch }) => largestBatch === Infinity)) return inOrder;
    return inOrder.filter(({ phase }) => phase.kind === 'waiting' && phase.notBefore <= now);
  }
}
