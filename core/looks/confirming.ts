import type { SharedWrite } from '../cycle/shared-write';
import type { Confirmation } from '../update/phase';
import type { Update } from '../update/update';
import type { Looker } from './joint-looks';

/** An update that waits to see something. */
export interface Waiting<Raw, Note> {
  readonly update: Update<Raw, Note>;
  readonly confirmation: Confirmation<SharedWrite<Raw, Note>, Note>;
}

/** The updates of one record that wait to see something. */
export class Confirming<Raw, Note> {
  private readonly updates = new Set<Update<Raw, Note>>();

  get size(): number {
    return this.updates.size;
  }

  add(update: Update<Raw, Note>): void {
    this.updates.add(update);
  }

  delete(update: Update<Raw, Note>): void {
    this.updates.delete(update);
  }

  waiting(): readonly Waiting<Raw, Note>[] {
    return [...this.updates].flatMap((update) =>
      update.phase.kind === 'confirming'
        ? [{ update, confirmation: update.phase.confirmation }]
        : [],
    );
  }

  /** Whether others are about to read the record of any of them. */
  get othersCome(): boolean {
    return [...this.updates].some(({ othersCome }) => othersCome);
  }

  /** When a look is due first, and until when it may come for all of them. */
  next(): Pick<Looker, 'dueAt' | 'latestAt' | 'slackMs'> {
    let next = { dueAt: Infinity, slackMs: 0 };
    let latestAt = Infinity;
    for (const { phase, progress } of this.updates) {
      if (phase.kind !== 'confirming') continue;
      const { looks } = phase.confirmation;
      if (looks.dueAt < next.dueAt) next = looks;
      // The rest of its time is for the answer.
      const middleAt = (looks.dueAt + progress.endsAt) / 2;
      if (middleAt > looks.dueAt) latestAt = Math.min(latestAt, middleAt);
      latestAt = Math.min(latestAt, looks.latestAt);
    }
    const { dueAt, slackMs } = next;
    return { dueAt, latestAt, slackMs };
  }
}
