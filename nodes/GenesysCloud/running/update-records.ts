import type { IDataObject } from 'n8n-workflow';

import {
  type Change,
  type Locate,
  type Target,
  UpdateError,
  type UpdateResult,
} from '../../../core';
import type { GenesysClient } from '../../../genesys/client';
import type { HintKind } from '../hints';
import { type Absence, retold } from './absence';
import { allEnded, handOver } from './hand-over';
import { inParallel } from './in-parallel';
import type { RecordRequest } from './item-request';
import type { Run } from './run';
import { type Absences, SecondLooks } from './second-looks';
import { Slots } from './slots';

/** What comes out for an item, and what a person should know of it beside that. */
export interface Told {
  readonly json: IDataObject;
  readonly hints: readonly HintKind[];
}

/** One update of a record, from finding that to what is told of it. */
export interface RecordUpdate<Raw, Note> {
  readonly locate: Locate<Raw>;
  readonly change: Change<Raw, Note>;
  /** What is left to do after that, where it takes more than one write. */
  readonly goOn?: (result: UpdateResult<Raw, Note>) => Promise<UpdateResult<Raw, Note>>;
  readonly tell: (result: UpdateResult<Raw, Note>) => Told;
  /** Whether it has ended because there is no such record, as far as it has seen. */
  readonly isOfNobody: (error: unknown) => error is UpdateError;
  /** Whom it has found, for what is told of a failure. */
  readonly participantId?: () => string | undefined;
}

/** How records of one kind are updated. */
export interface RecordKind<Request extends RecordRequest, Raw, Note> {
  /** Names the record that an item is about, as far as that is known beforehand. */
  readonly recordOf: (request: Request) => string;
  /**
   * Keeps requests about the record of an item from being sent.
   *
   * @returns what to call when all updates of it are there
   */
  readonly hold: (client: GenesysClient, request: Request) => () => void;
  readonly updateOf: (run: Run, request: Request) => RecordUpdate<Raw, Note>;
}

/**
 * Updates a record for each item. Those of one record go together; where none is found, it is looked
 * for once more a little later.
 */
export async function updateRecords<Request extends RecordRequest, Raw, Note>(
  run: Run,
  requests: readonly Request[],
  { hold, recordOf, updateOf }: RecordKind<Request, Raw, Note>,
): Promise<void> {
  const { client, signal } = run;
  const { slices } = run.shared;
  const slots = new Slots(run.concurrency);
  const records = await byRecord(slices.of(requests), recordOf);
  const errors: unknown[] = [];
  const holdOf = (request: Request) => hold(client, request);
  const update = async (request: Request, follows: boolean, absence?: Absence) => {
    if (absence && (secondLooks.areOver || absence.leftMs <= 0)) {
      await run.fail(request, absence.error);
      return;
    }
    const one = updateOf(run, request);
    const target = { name: JSON.stringify([client.key, recordOf(request)]), follows };
    try {
      await updateOne({ run, request, target }, one, absence);
    } catch (error) {
      if (one.isOfNobody(error)) {
        if (absence) secondLooks.noteAbsent(request);
        else if (secondLooks.grant(request, error)) return;
      }
      await run.fail(request, error, one.participantId?.());
    }
  };
  const lookAgain = async (absences: Absences<Request>) => {
    const again = async (request: Request, follows: boolean) => {
      await update(request, follows, absences.get(request));
    };
    for await (const endings of handOver(holdOf, slices, [[...absences.keys()]], again, errors)) {
      await allEnded(endings).catch(() => {
        secondLooks.wake();
      });
    }
  };
  const secondLooks = new SecondLooks(slots, recordOf, lookAgain, signal);
  try {
    await inParallel(handOver(holdOf, slices, records, update, errors), slots, allEnded);
  } finally {
    if (errors.length > 0) secondLooks.wake();
    await secondLooks.ended();
  }
  if (errors.length > 0) throw errors[0];
}

/** Those of each record, in order. */
async function byRecord<Request>(
  requests: AsyncIterable<Request>,
  recordOf: (request: Request) => string,
): Promise<Iterable<readonly Request[]>> {
  const records = new Map<string, Request[]>();
  for await (const request of requests) {
    const record = recordOf(request);
    const sameRecord = records.get(record);
    if (sameRecord) sameRecord.push(request);
    else records.set(record, [request]);
  }
  return records.values();
}

/**
 * @param absence of the first look, where this is the second
 */
async function updateOne<Raw, Note>(
  {
    run,
    request,
    target,
  }: { readonly run: Run; readonly request: RecordRequest; readonly target: Target },
  { change, goOn, locate, tell }: RecordUpdate<Raw, Note>,
  absence: Absence | undefined,
): Promise<void> {
  const { policy, whole } = absence?.resume() ?? { policy: request.policy, whole: undefined };
  try {
    const rest = await run.shared.lanes.update(locate, change, policy, run.signal, target);
    const updated = { ...rest, ...whole?.(rest) };
    const result = goOn ? await goOn(updated) : updated;
    await run.succeed(request, () => {
      const { hints, json } = tell(result);
      for (const kind of hints) run.hints.add(kind);
      if (result.conflicts > 0) run.hints.add('conflictsWon');
      if (result.superseded) run.hints.add('superseded');
      if (result.altered) run.hints.add('altered');
      if (result.gone) run.hints.add('othersGone');
      return [json];
    });
  } catch (error) {
    throw error instanceof UpdateError && whole ? retold(error, whole(error.story)) : error;
  }
}
