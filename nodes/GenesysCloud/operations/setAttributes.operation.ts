import type {
  IDataObject,
  IExecuteFunctions,
  INodeExecutionData,
  INodeProperties,
} from 'n8n-workflow';

import { systemClock, update, type UpdatePolicy } from '../../../core';
import { attributeChange, type WantedAttributes } from '../../../genesys/attribute-change';
import type { GenesysClient } from '../../../genesys/client';
import {
  type ParticipantChoice,
  ParticipantStore,
  type VersionedParticipant,
} from '../../../genesys/participant-store';
import { clientFor } from '../client';
import { failedItem } from '../failure';
import { inParallel } from '../in-parallel';
import { outcomeItem } from '../outcome';
import { attributesProperties, parseFields, parseJson } from '../parameters/attributes';
import { parseId } from '../parameters/ids';
import { InvalidParameter, shown } from '../parameters/invalid-parameter';
import {
  parseConversationId,
  parseParticipant,
  participantProperties,
} from '../parameters/participant';
import { parseRetry, retryProperties } from '../parameters/retry';
import { wholeNumber } from '../parameters/whole-number';
import type { Operation } from './operation';

const DEFAULT_CONCURRENCY = 10;

const optionsProperty: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add Option',
  default: {},
  options: [
    {
      displayName: 'Concurrency',
      name: 'concurrency',
      type: 'number',
      typeOptions: { minValue: 1, maxValue: 1000 },
      default: DEFAULT_CONCURRENCY,
      description:
        'How many participants to work on at the same time. Items for the same participant go one after the other.',
    },
    {
      displayName: 'External Contact ID',
      name: 'externalContactId',
      type: 'string',
      default: '',
      placeholder: 'e.g. 5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a',
      description: 'Links the participant to this external contact in the same write',
    },
    {
      displayName: 'Write Method',
      name: 'writeMethod',
      type: 'options',
      options: [
        {
          name: 'Auto',
          value: 'auto',
          description: 'Chooses the method that the organization offers',
        },
        {
          name: 'Versioned',
          value: 'versioned',
          description: 'Writes the participant on condition of its version (PUT)',
        },
      ],
      default: 'auto',
      description: 'How to write to Genesys Cloud',
    },
  ],
};

const WRITE_METHODS = ['auto', 'versioned'];

/** One input item, checked. */
interface Request {
  readonly itemIndex: number;
  readonly conversationId: string;
  readonly participant: ParticipantChoice;
  readonly wanted: WantedAttributes;
  readonly policy: UpdatePolicy;
}

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

    let client: GenesysClient;
    let concurrency: number;
    try {
      client = clientFor(await context.getCredentials('genesysCloudApi'));
      concurrency = readConcurrency(context);
    } catch (error) {
      return context.getInputData().map((_, index) => failedItem(context, error, index));
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

/** @throws {InvalidParameter} */
function readRequest(context: IExecuteFunctions, itemIndex: number): Request {
  const parameter = (name: string) => context.getNodeParameter(name, itemIndex);
  const options = parameter('options') as IDataObject;
  const set =
    parameter('inputMode') === 'json'
      ? parseJson(parameter('attributesJson'))
      : parseFields(parameter('attributes'));
  const externalContactId =
    'externalContactId' in options
      ? parseId('External Contact ID', options['externalContactId'])
      : undefined;
  if (set.size === 0 && externalContactId === undefined) {
    throw new InvalidParameter(
      'Attributes to Set',
      'There is nothing to set. Add at least one attribute.',
    );
  }
  const writeMethod = options['writeMethod'] ?? 'auto';
  if (!WRITE_METHODS.includes(writeMethod as string)) {
    throw new InvalidParameter(
      'Write Method',
      `${shown(writeMethod)} is not one of ${WRITE_METHODS.join(', ')}.`,
    );
  }
  return {
    itemIndex,
    conversationId: parseConversationId(parameter('conversationId')),
    participant: parseParticipant(parameter('participant')),
    wanted: { set, ...(externalContactId !== undefined && { externalContactId }) },
    policy: parseRetry(parameter('retry') as IDataObject),
  };
}

/** A setting of the whole run, so the first item's counts. */
function readConcurrency(context: IExecuteFunctions): number {
  const { concurrency } = context.getNodeParameter('options', 0) as { concurrency?: unknown };
  return wholeNumber('Concurrency', concurrency ?? DEFAULT_CONCURRENCY, 1, 1000);
}

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
  { itemIndex, conversationId, participant, wanted, policy }: Request,
): Promise<INodeExecutionData> {
  const result = await update(
    new ParticipantStore(client, conversationId, participant),
    attributeChange<VersionedParticipant>(wanted),
    policy,
    { clock: systemClock, random: Math.random },
    context.getExecutionCancelSignal(),
  );
  return outcomeItem(itemIndex, conversationId, result);
}
