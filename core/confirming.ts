import type { LookSchedule } from './look-schedule';
import type { Confirmation } from './phase';
import type { SharedWrite } from './shared-write';
import type { Update } from './update';

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

  /** The schedule by which a look is due first. */
  next(): Pick<LookSchedule, 'dueAt' | 'slackMs'> {
    let next: Pick<LookSchedule, 'dueAt' | 'slackMs'> = { dueAt: Infinity, slackMs: 0 };
    for (const { phase } of this.updates) {
      if (phase.kind !== 'confirming') continue;
      const { looks } = phase.confirmation;
      if (looks.dueAt < next.dueAt) next = looks;
    }
    return next;
  }
}
