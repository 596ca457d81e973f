import { goalOf } from '../operation';
import type { Applied, PatchLog, SentPatch } from './log';
import type { PatchOperation } from './operation';

/** A read whose reply has reached its client. */
export interface Look {
  readonly sentMs: number;
  readonly sent: number;
  readonly answered: number;
  readonly shows: Applied;
}

/** What the log of a server says of the calls to one record. */
export class Evidence {
  readonly applied: readonly Applied[];
  private readonly requests: readonly SentPatch[];

  constructor(
    readonly record: string,
    readonly operations: readonly PatchOperation[],
    readonly log: PatchLog,
  ) {
    this.applied = log.applied.filter((one) => one.record === record);
    this.requests = log.requests.filter((one) => one.record === record);
  }

  /** The writes of a client that carried a value of a name, in the order in which they were sent. */
  sends(client: string, name: string, value: string): readonly SentPatch[] {
    return this.writesOf(client).filter(({ values }) => values?.[name] === value);
  }

  /** All that a client has sent to be written. */
  writesOf(client: string): readonly SentPatch[] {
    return this.requests.filter((one) => one.client === client && one.values !== undefined);
  }

  /** What a client was shown before a moment. */
  looksOf(client: string, before: number): readonly Look[] {
    return this.requests.flatMap(({ atMs, moment, answer, ...request }) =>
      request.client === client && answer?.shows && answer.moment < before
        ? [{ sentMs: atMs, sent: moment, answered: answer.moment, shows: answer.shows }]
        : [],
    );
  }

  /** Who of the same client wants a value of a name, and was there at a moment. */
  wanting(client: string, name: string, value: string, moment: number): readonly PatchOperation[] {
    return this.operations.filter(
      (one) =>
        one.client === client &&
        goalOf(one.call)[name] === value &&
        one.invoked < moment &&
        moment < one.answered,
    );
  }

  /** Who else of the same client was there at some time of a call and wanted something of a name. */
  companions(operation: PatchOperation, name: string): readonly PatchOperation[] {
    return this.operations.filter(
      (other) =>
        other !== operation &&
        other.client === operation.client &&
        goalOf(other.call)[name] !== undefined &&
        other.invoked < operation.answered &&
        operation.invoked < other.answered,
    );
  }

  /** The write that brought an acceptance of a value of a name, the first within a call's time. */
  acceptance(
    { client, invoked, answered }: PatchOperation,
    name: string,
    value: string,
  ): SentPatch | undefined {
    return this.sends(client, name, value).find(
      ({ moment, answer }) => invoked < moment && answer && answer.moment < answered,
    );
  }

  /** The write of a value of a name without an answer that a read has shown, at least some of it. */
  unanswered(
    { client, invoked, answered }: PatchOperation,
    name: string,
    value: string,
  ): SentPatch | undefined {
    return this.sends(client, name, value).find(
      (sent) =>
        invoked < sent.moment && !sent.answer && this.takenAtMs(sent, answered) !== undefined,
    );
  }

  /** When a client had learnt, before a moment, that a write was taken: by its answer, or else by a read. */
  takenAtMs({ answer, client, moment }: SentPatch, before: number): number | undefined {
    if (answer) return answer.moment < before ? answer.atMs : undefined;
    const place = this.applied.find(({ request }) => request?.moment === moment)?.place;
    const shows = ({ shows: { holds } }: Look) =>
      [...holds.values()].some(({ by }) => by.place === place);
    return place === undefined ? undefined : this.looksOf(client, before).find(shows)?.sentMs;
  }
}
