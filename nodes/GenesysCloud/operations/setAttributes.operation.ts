import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Lanes, systemClock } from '../../../core';
import { attributeChange, type AttributeNote } from '../../../genesys/attribute-change';
import type { GenesysClient } from '../../../genesys/client';
import { locateParticipant } from '../../../genesys/locate-participant';
import type { ParticipantRaw } from '../../../genesys/participant-parts';
import { clientFor } from '../client';
import { failedItem } from '../failure';
import { inParallel } from '../in-parallel';
import { outcomeItem } from '../outcome';
import { attributesProperties } from '../parameters/attributes';
import { optionsProperty, parseConcurrency } from '../parameters/options';
import { participantProperties } from '../parameters/participant';
import { readRequest, type Request } from '../parameters/request';
import { retryProperties } from '../parameters/retry';
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
    const requests: Request[] = [];
    // All items are checked before the first request is made.
    for (const itemIndex of context.getInputData().keys()) {
      try {
        requests.push(readRequest(context, itemIndex));
      } catch (error) {
        outputs[itemIndex] = failedItem(context, error, itemIndex);
      }
    }
    if (requests.length === 0) return outputs;

    let client: GenesysClient;
    let concurrency: number;
    try {
      client = clientFor(await context.getCredentials('genesysCloudApi'));
      concurrency = parseConcurrency(context.getNodeParameter('options', 0));
    } catch (error) {
      for (const { itemIndex } of requests) {
        outputs[itemIndex] = failedItem(context, error, itemIndex);
      }
      return outputs;
    }
    await inParallel(byRecord(requests), concurrency, async (sameRecord) => {
      // All at once: updates of one participant cost one read and one write together.
      const settled = await Promise.allSettled(
        sameRecord.map(async (request) => {
          outputs[request.itemIndex] = await run(context, client, request).catch((error: unknown) =>
            failedItem(context, error, request.itemIndex),
          );
        }),
      );
      const failed = settled.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    });
    return outputs;
  },
};

function byRecord(requests: readonly Request[]): Request[][] {
  return Object.values(
    Object.groupBy(requests, ({ conversationId, participant }) =>
      JSON.stringify([conversationId, participant]).toLowerCase(),
    ),
  ).filter((group) => group !== undefined);
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
  return outcomeItem(itemIndex, conversationId, result);
}
