import { onAbort, SharedListeners, systemClock, type UpdateError } from '../../../core';
import { Absence } from './absence';
import type { RecordRequest } from './item-request';
import type { Slots } from './slots';

/** When so many records of a run have stayed absent, it is not for their being new. */
const MOST_ABSENT = 10;

/** The updates of one record that have found nobody, by what they were asked for. */
export type Absences<Request extends RecordRequest> = ReadonlyMap<Request, Absence>;

/**
 * Has those updates of a run made once more that have found nobody, as what is new may not
 * be there yet in its first second. Meanwhile their records leave their slots to others.
 */
export class SecondLooks<Request extends RecordRequest> {
  private readonly waiting = new Map<string, Map<Request, Absence>>();
  private readonly looks: Promise<void>[] = [];
  private readonly stayedAbsent = new Set<string>();
  private readonly awake = new AbortController();
  private readonly listeners = new SharedListeners();
  private readonly stopListening: () => void;

  /**
   * @param recordOf names the record that an update is about
   * @param look makes the updates of one record once more; what fails then is its own affair
   * @param signal ends the waits: what is cancelled is to hear so at once
   */
  constructor(
    private readonly slots: Slots,
    private readonly recordOf: (request: Request) => string,
    private readonly look: (absences: Absences<Request>) => Promise<void>,
    signal: AbortSignal | undefined,
  ) {
    this.stopListening = onAbort(signal, () => {
      this.wake();
    });
  }

  /** Whether too many have stayed absent to look for any more. */
  get areOver(): boolean {
    return this.stayedAbsent.size >= MOST_ABSENT;
  }

  /** @returns whether the update is made once more, at the end of its patience. */
  grant(request: Request, error: UpdateError): boolean {
    const { patienceMs, policy } = request;
    const absence = new Absence(request, error);
    const isFutile = policy.maxAttempts === 1 || patienceMs >= absence.leftMs;
    if (patienceMs === 0 || isFutile || this.areOver) return false;
    const record = this.recordOf(request);
    const sameRecord = this.waiting.get(record);
    if (sameRecord) sameRecord.set(request, absence);
    else {
      const absences = new Map([[request, absence]]);
      this.waiting.set(record, absences);
      this.looks.push(this.lookIn(patienceMs, record, absences));
    }
    return true;
  }

  /** There was nobody again. */
  noteAbsent(request: Request): void {
    this.stayedAbsent.add(this.recordOf(request));
  }

  /** Ends all waits. */
  wake(): void {
    this.awake.abort();
  }

  /** Resolves when all have been looked for who are to be. */
  async ended(): Promise<void> {
    await Promise.all(this.looks);
    this.stopListening();
  }

  private async lookIn(ms: number, record: string, absences: Absences<Request>): Promise<void> {
    await this.listeners.sleep(systemClock, ms, this.awake.signal).catch(() => undefined);
    await this.slots.takeAgain();
    this.waiting.delete(record);
    try {
      await this.look(absences);
    } finally {
      this.slots.giveBack();
    }
  }
}
