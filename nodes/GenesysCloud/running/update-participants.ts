import type { IDataObject } from 'n8n-workflow';

import { type Change, UpdateError, type UpdateResult } from '../../../core';
import type { Standing } from '../../../genesys/conversations/conversation';
import { locateParticipant } from '../../../genesys/stores/participant-record';
import type { ParticipantRaw } from '../../../genesys/stores/participant-parts';
import type { HintKind } from '../hints';
import { type Absence, retold } from './absence';
import { allEnded, handOver } from './hand-over';
import { inParallel } from './in-parallel';
import { type ParticipantRequest, recordOf } from './item-request';
import type { Run } from './run';
import { type Absences, SecondLooks } from './second-looks';
import { Sighting } from './sighting';
import { Slots } from './slots';

/** What an operation does to one participant, and what comes out. */
export interface ParticipantUpdate<Request extends ParticipantRequest, Note> {
  readonly changeOf: (request: Request) => Change<ParticipantRaw, Note>;
  /** What is left to do after that, where it takes more than one write. */
  readonly goOn?: (
    run: Run,
    request: Request,
    result: UpdateResult<ParticipantRaw, Note>,
  ) => Promise<UpdateResult<ParticipantRaw, Note>>;
  /** What comes out for an item. */
  readonly outcomeOf: (
    request: Request,
    result: UpdateResult<ParticipantRaw, Note>,
    standing: Standing,
  ) => IDataObject;
  /** What a person should know of an item that is done, beside what comes out. */
  readonly hintsOf: (
    request: Request,
    result: UpdateResult<ParticipantRaw, Note>,
  ) => readonly HintKind[];
}

/**
 * Updates a participant for each item. Those of one participant go together; where nobody is found,
 * they are looked for once more a little later.
 */
export async function updateParticipants<Request extends ParticipantRequest, Note>(
  run: Run,
  requests: readonly Request[],
  operation: ParticipantUpdate<Request, Note>,
): Promise<void> {
  const { client, signal } = run;
  const { slices } = run.shared;
  const slots = new Slots(run.concurrency);
  const records = await byRecord(slices.of(requests));
  const errors: unknown[] = [];
  const update = async (request: Request, absence?: Absence) => {
    if (absence && (secondLooks.areOver || absence.leftMs <= 0)) {
      await run.fail(request, absence.error);
      return;
    }
    const sighting = new Sighting();
    try {
      await updateOne(run, request, operation, sighting, absence);
    } catch (error) {
      if (sighting.isOfNobody(error)) {
        if (absence) secondLooks.noteAbsent(request);
        else if (secondLooks.grant(request, error)) return;
      }
      await run.fail(request, error, sighting.participantId);
    }
  };
  const lookAgain = async (absences: Absences<Request>) => {
    const again = async (request: Request) => {
      await update(request, absences.get(request));
    };
    for await (const endings of handOver(client, slices, [[...absences.keys()]], again, errors)) {
      await allEnded(endings).catch(() => {
        secondLooks.wake();
      });
    }
  };
  const secondLooks = new SecondLooks(slots, lookAgain, signal);
  try {
    await inParallel(handOver(client, slices, records, update, errors), slots, allEnded);
  } finally {
    if (errors.length > 0) secondLooks.wake();
    await secondLooks.ended();
  }
  if (errors.length > 0) throw errors[0];
}

/** Those of each record, in order. */
async function byRecord<Request extends ParticipantRequest>(
  requests: AsyncIterable<Request>,
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

/** @param absence of the first look, where this is the second */
async function updateOne<Request extends ParticipantRequest, Note>(
  run: Run,
  request: Request,
  { changeOf, goOn, hintsOf, outcomeOf }: ParticipantUpdate<Request, Note>,
  sighting: Sighting,
  absence: Absence | undefined,
): Promise<void> {
  const { onlyIfConnected, participant } = request;
  const target = { ...request, looksUp: onlyIfConnected };
  const locate = locateParticipant(run.client, run.shared, target);
  const { policy, whole } = absence?.resume() ?? { policy: request.policy, whole: undefined };
  try {
    const rest = await run.shared.lanes.update(
      sighting.finding(participant, locate),
      sighting.applying(changeOf(request), onlyIfConnected),
      policy,
      run.signal,
    );
    const updated = { ...rest, ...whole?.(rest) };
    const result = goOn ? await goOn(run, request, updated) : updated;
    await run.succeed(request, () => {
      sighting.note(result.snapshot.raw);
      const json = outcomeOf(request, result, sighting.standing);
      for (const kind of hintsOf(request, result)) run.hints.add(kind);
      if (result.conflicts > 0) run.hints.add('conflictsWon');
      if (result.superseded) run.hints.add('superseded');
      if (result.altered) run.hints.add('altered');
      if (json['outcome'] !== 'unchanged') {
        if (sighting.isAfterTheEnd) run.hints.add('conversationEnded');
        else if (sighting.hasLeft) run.hints.add('participantLeft');
      }
      return [json];
    });
  } catch (error) {
    throw error instanceof UpdateError && whole ? retold(error, whole(error.story)) : error;
  }
}
