import type { INodeExecutionData } from 'n8n-workflow';

import { UpdateError } from '../../../core';
import { attributeChange } from '../../../genesys/stores/attribute-change';
import type { GenesysClient } from '../../../genesys/client';
import { locateParticipant } from '../../../genesys/stores/participant-record';
import type { Shared } from '../../../genesys/shared';
import { type Absence, retold } from '../absence';
import { stopIfCancelled } from '../cancelled';
import { clientFor } from '../client';
import { failedItem } from '../failure';
import { allEnded, handOver } from '../hand-over';
import { Hints } from '../hints';
import { inParallel } from '../in-parallel';
import { outcomeItem } from '../outcome';
import { attributesProperties } from '../parameters/attributes';
import { InvalidParameter } from '../parameters/invalid-parameter';
import { parseConcurrency } from '../parameters/options';
import { optionsProperty } from '../parameters/options-property';
import { ParameterReader } from '../parameters/parameter-reader';
import { participantProperties } from '../parameters/participant';
import { readConversationId, readRequest, recordOf, type Request } from '../parameters/request';
import { retryProperties } from '../parameters/retry';
import { type Absences, SecondLooks } from '../second-looks';
import { Sighting } from '../sighting';
import { Slots } from '../slots';
import type { Operation } from './operation';

/** Sets attributes of one participant for each item, so that the change persists and nobody's write is lost. */
export const setAttributes: Operation = {
  name: 'Set Attributes',
  value: 'setAttributes',
  action: 'Set participant attributes',
  description:
    'Set attributes of a participant without losing what others write meanwhile. The outcome "superseded" means that somebody else set the same attribute at the same time, and theirs stands.',
  properties: [
    ...participantProperties,
    ...attributesProperties,
    optionsProperty,
    ...retryProperties,
  ],

  async execute(context, shared) {
    const { slices } = shared;
    const outputs: INodeExecutionData[] = [];
    const reader = new ParameterReader(context);
    const records = new Map<string, Request[]>();
    // All items are checked before the first request is made.
    for await (const itemIndex of slices.of(context.getInputData().keys())) {
      try {
        stopIfCancelled(context);
        const request = readRequest(reader, itemIndex);
        const record = recordOf(request);
        const sameRecord = records.get(record);
        if (sameRecord) sameRecord.push(request);
        else records.set(record, [request]);
      } catch (error) {
        const isRead = error instanceof InvalidParameter;
        const conversationId = isRead ? readConversationId(reader, itemIndex) : null;
        outputs[itemIndex] = failedItem(context, error, { itemIndex, conversationId });
      }
    }
    if (records.size === 0) return outputs;

    let client: GenesysClient;
    let concurrency: number;
    try {
      client = clientFor(await context.getCredentials('genesysCloudApi'), shared);
      concurrency = parseConcurrency(reader.read('options', 'Options', 0));
    } catch (error) {
      for await (const request of slices.of([...records.values()].flat())) {
        outputs[request.itemIndex] = failedItem(context, error, request);
      }
      return outputs;
    }
    const slots = new Slots(concurrency);
    const errors: unknown[] = [];
    const hints = new Hints();
    const signal = context.getExecutionCancelSignal();
    const fail = async (request: Request, error: unknown, participantId?: string) => {
      const { totalTimeoutMs } = request.policy;
      const { limits, smallerLimit } = client;
      const { isRecovering } = limits;
      const circumstances = { totalTimeoutMs, smallerLimit, isRecovering };
      outputs[request.itemIndex] = await slices.run(() =>
        failedItem(context, error, { ...request, participantId }, circumstances),
      );
    };
    const update = async (request: Request, absence?: Absence) => {
      const { itemIndex } = request;
      if (absence && (secondLooks.areOver || absence.leftMs <= 0)) {
        await fail(request, absence.error);
        return;
      }
      const sighting = new Sighting();
      try {
        outputs[itemIndex] = await run(client, shared, request, {
          sighting,
          signal,
          absence,
          hints,
        });
      } catch (error) {
        if (sighting.isOfNobody(error)) {
          if (absence) secondLooks.noteAbsent(request);
          else if (secondLooks.grant(request, error)) return;
        }
        await fail(request, error, sighting.participantId);
      }
    };
    const lookAgain = async (absences: Absences) => {
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
      await inParallel(handOver(client, slices, records.values(), update, errors), slots, allEnded);
    } finally {
      if (errors.length > 0) secondLooks.wake();
      await secondLooks.ended();
    }
    if (errors.length > 0) throw errors[0];
    if (reader.hasFixedBraces) hints.add('fixedBraces');
    hints.show(context);
    return outputs;
  },
};

/** What an update needs beside its request. */
interface Circumstances {
  readonly sighting: Sighting;
  readonly signal: AbortSignal | undefined;
  /** Of the first look, where this is the second. */
  readonly absence: Absence | undefined;
  readonly hints: Hints;
}

async function run(
  client: GenesysClient,
  shared: Shared,
  request: Request,
  { sighting, signal, absence, hints }: Circumstances,
): Promise<INodeExecutionData> {
  const { conversationId, onlyIfConnected, participant, writeMethod, wanted } = request;
  const locate = locateParticipant(client, shared, {
    conversationId,
    participant,
    writeMethod,
    linksContact: wanted.externalContactId !== undefined,
    looksUp: onlyIfConnected,
  });
  const { policy, whole } = absence?.resume() ?? { policy: request.policy, whole: undefined };
  try {
    const result = await shared.lanes.update(
      sighting.finding(participant, locate),
      sighting.applying(attributeChange(wanted), onlyIfConnected),
      policy,
      signal,
    );
    // Those of one record end together, however many they are.
    return await shared.slices.run(() => {
      sighting.note(result.snapshot.raw);
      const item = outcomeItem(request, { ...result, ...whole?.(result) }, sighting.standing);
      if (request.skipped > 0) hints.add('valuesSkipped');
      if (sighting.hasLeft && item.json['outcome'] !== 'unchanged') {
        hints.add(sighting.isAfterTheEnd ? 'conversationEnded' : 'participantLeft');
      }
      if (result.superseded) hints.add('superseded');
      if (result.altered) hints.add('altered');
      if (result.snapshot.raw.writeMethod === 'patch' && wanted.condition.kind !== 'always') {
        hints.add('conditionWithoutVersion');
      }
      return item;
    });
  } catch (error) {
    throw error instanceof UpdateError && whole ? retold(error, whole(error.story)) : error;
  }
}
