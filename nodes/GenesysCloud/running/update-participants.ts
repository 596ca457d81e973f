import type { IDataObject } from 'n8n-workflow';

import type { Change, UpdateResult } from '../../../core';
import type { Standing } from '../../../genesys/conversations/conversation';
import { gather } from '../../../genesys/conversations/gather';
import { locateParticipant } from '../../../genesys/stores/participant-record';
import type { ParticipantRaw } from '../../../genesys/stores/participant-parts';
import type { HintKind } from '../hints';
import type { ParticipantRequest } from './item-request';
import type { Run } from './run';
import { Sighting } from './sighting';
import type { RecordKind, RecordUpdate } from './update-records';

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

/** Participants, updated as an operation does it. */
export function participants<Request extends ParticipantRequest, Note>(
  operation: ParticipantUpdate<Request, Note>,
): RecordKind<Request, ParticipantRaw, Note> {
  return {
    recordOf: ({ conversationId, participant }) =>
      JSON.stringify([conversationId, participant]).toLowerCase(),
    hold: (client, { conversationId, participant }) => gather(client, conversationId, participant),
    updateOf: (run, request) => updateOf(run, request, operation),
  };
}

function updateOf<Request extends ParticipantRequest, Note>(
  run: Run,
  request: Request,
  { changeOf, goOn, hintsOf, outcomeOf }: ParticipantUpdate<Request, Note>,
): RecordUpdate<ParticipantRaw, Note> {
  const { onlyIfConnected, participant } = request;
  const sighting = new Sighting();
  const target = { ...request, looksUp: onlyIfConnected };
  const locate = locateParticipant(run.client, run.shared, target);
  return {
    locate: sighting.finding(participant, locate),
    change: sighting.applying(changeOf(request), onlyIfConnected),
    ...(goOn && { goOn: async (result) => await goOn(run, request, result) }),
    tell: (result) => {
      sighting.note(result.snapshot.raw);
      const json = outcomeOf(request, result, sighting.standing);
      const late = json['outcome'] === 'unchanged' ? [] : lateHints(sighting);
      return { json, hints: [...hintsOf(request, result), ...late] };
    },
    isOfNobody: (error) => sighting.isOfNobody(error),
    participantId: () => sighting.participantId,
  };
}

/** Of one that was written to, though it is over. */
function lateHints({ hasLeft, isAfterTheEnd }: Sighting): readonly HintKind[] {
  if (isAfterTheEnd) return ['conversationEnded'];
  return hasLeft ? ['participantLeft'] : [];
}
