import type { ServerResponse } from 'node:http';
import type { Address } from './address';
import type { Platform, Timing } from './exchange';
import { exchange } from './exchange';
import type { Fault } from './faults';
import type { ReceivedBody } from './http';
import type { JournalEntry, NewJournalEntry, RequestJournal } from './journal';

interface GatewayOptions {
  readonly platform: Platform;
  readonly journal: RequestJournal;
  readonly log: ((entry: JournalEntry) => void) | undefined;
}

/** A request that has been received completely. */
interface Arrival {
  readonly address: Address;
  readonly contentType: string | undefined;
  readonly body: ReceivedBody;
  readonly entry: NewJournalEntry;
}

/** In front of the platform: every request passes through it, and some it sends twice. */
export class Gateway {
  constructor(private readonly options: GatewayOptions) {}

  /** Resolves when all is over, what the client no longer waits for included. */
  async passOn(arrival: Arrival, response: ServerResponse, timing: Timing): Promise<void> {
    const fault = this.options.platform.faults.take(arrival.address.kind);
    if (fault?.kind !== 'repeat') {
      await this.#send(arrival, fault, response, timing);
      return;
    }
    const responseTo = (which: 'first' | 'second') =>
      (fault.deliver ?? 'first') === which ? response : undefined;
    const repeat = async () => {
      await timing.pause(fault.ms);
      const entry = { ...arrival.entry, at: performance.now(), repeated: true };
      await this.#send({ ...arrival, entry }, undefined, responseTo('second'), timing);
    };
    await Promise.all([this.#send(arrival, fault, responseTo('first'), timing), repeat()]);
  }

  async #send(
    { entry: arrived, ...request }: Arrival,
    fault: Fault | undefined,
    response: ServerResponse | undefined,
    timing: Timing,
  ): Promise<void> {
    const { platform, journal, log } = this.options;
    const entry = journal.record(arrived, fault);
    await exchange(platform, { ...request, entry, fault }, response, timing);
    journal.close(entry);
    log?.(entry);
  }
}
