import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Lanes, systemClock } from '../../../core';
import { attributeChange, type AttributeNote } from '../../../genesys/attribute-change';
import type { GenesysClient } from '../../../genesys/client';
import { locateParticipant } from '../../../genesys/locate-participant';
import type { ParticipantRaw } from '../../../genesys/participant-parts';
import { stopIfCancelled } from '../cancelled';
import { clientFor } from '../client';
import { failedItem } from '../failure';
import { allEnded, handOver } from '../hand-over';
import { inParallel } from '../in-parallel';
import { outcomeItem } from '../outcome';
import { attributesProperties } from '../parameters/attributes';
import { optionsProperty, parseConcurrency } from '../parameters/options';
import { participantProperties } from '../parameters/participant';
import { readRequest, type Request } from '../parameters/request';
import { retryProperties } from '../parameters/retry';
import { slices } from '../slices';
import type { Operation } from './operation';

/** Shared by all executions of the process, so that their updates of one participant are combined. */
const lanes = new Lanes<ParticipantRaw, AttributeNote>({
  clock: systemClock,
  random: Math.random,
});

/** Sets attributes of one participant for each item, so that the change persists and nobody's write is lost. */
export const setAttributes: Operation = {
  name: 'Set Attributes',
  value: 'setAttributes',
  action: 'Set participant attributes',
  description: 'Set attributes of a participant without losing what others write meanwhile',
  properties: [
    ...participantProperties,
    ...attributesProperties,
    ...retryProperties,
    optionsProperty,
  ],

  async execute(context) {
    const outputs: INodeExecutionData[] = [];
    const records = new Map<string, Request[]>();
    // All items are checked before the first request is made.
    for await (const itemIndex of slices.of(context.getInputData().keys())) {
      try {
        stopIfCancelled(context);
        const request = readRequest(context, itemIndex);
        const record = recordOf(request);
        const sameRecord = records.get(record);
        if (sameRecord) sameRecord.push(request);
        else records.set(record, [request]);
      } catch (error) {
        outputs[itemIndex] = failedItem(context, error, itemIndex);
      }
    }
    if (records.size === 0) return outputs;

    let client: GenesysClient;
    let concurrency: number;
    try {
      client = clientFor(await context.getCredentials('genesysCloudApi'));
      concurrency = parseConcurrency(context.getNodeParameter('options', 0));
    } catch (error) {
      for await (const { itemIndex } of slices.of([...records.values()].flat())) {
        outputs[itemIndex] = failedItem(context, error, itemIndex);
      }
      return outputs;
    }
    const update = async (request: Request) => {
      const { itemIndex, policy } = request;
      outputs[itemIndex] = await run(context, client, request).catch(async (error: unknown) => {
        const { totalTimeoutMs } = policy;
        const circumstances = { totalTimeoutMs, smallerLimit: client.smallerLimit };
        return await slices.run(() => failedItem(context, error, itemIndex, circumstances));
      });
    };
    await inParallel(handOver(client, records.values(), update), concurrency, allEnded);
    return outputs;
  },
};

function recordOf({ conversationId, participant }: Request): string {
  return JSON.stringify([conversationId, participant]).toLowerCase();
}

async function run(
  context: IExecuteFunctions,
  client: GenesysClient,
  { itemIndex, conversationId, participant, writeMethod, wanted, policy }: Request,
): Promise<INodeExecutionData> {
  const result = await lanes.update(
    locateParticipant(
      client,
      conversationId,
      participant,
      writeMethod,
      wanted.externalContactId !== undefined,
    ),
    attributeChange(wanted),
    policy,
    context.getExecutionCancelSignal(),
  );
  // Those of one record end together, however many they are.
  return await slices.run(() => outcomeItem(itemIndex, conversationId, result));
}
