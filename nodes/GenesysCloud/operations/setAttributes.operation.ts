import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { type Store, systemClock, update } from '../../../core';
import { attributeChange, type ParticipantState } from '../../../genesys/attribute-change';
import { AutoStore } from '../../../genesys/auto-store';
import type { GenesysClient } from '../../../genesys/client';
import { ParticipantAttributesStore } from '../../../genesys/participant-attributes-store';
import { ParticipantStore } from '../../../genesys/participant-store';
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

const STORES = {
  auto: AutoStore,
  versioned: ParticipantStore,
  patch: ParticipantAttributesStore,
};

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
      for (const request of sameRecord) {
        try {
          outputs[request.itemIndex] = await run(context, client, request);
        } catch (error) {
          outputs[request.itemIndex] = failedItem(context, error, request.itemIndex);
        }
      }
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
  const store: Store<ParticipantState> = new STORES[writeMethod](
    client,
    conversationId,
    participant,
  );
  const result = await update(
    store,
    attributeChange(wanted),
    policy,
    { clock: systemClock, random: Math.random },
    context.getExecutionCancelSignal(),
  );
  return outcomeItem(itemIndex, conversationId, result);
}
