import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  NodeConnectionTypes,
} from 'n8n-workflow';

import { failedItem } from '../failure/failure';
import { findOperation, resources } from './operations';
import { searchParticipants } from './search-participants';
import { allQueues, searchQueues, searchUsers } from './search-queues-and-users';
import { type Shared, shared as sharedByAll } from '../../genesys/shared';

/** What each operation is called on the canvas. */
const WORDS = Object.fromEntries(
  resources.flatMap(({ value: resource, operations }) =>
    operations.map(({ name, value }) => [
      `${resource}.${value}`,
      name.charAt(0) + name.slice(1).toLowerCase(),
    ]),
  ),
);

/** In n8n's expression language: the operation, and the purpose where one is chosen. */
const SUBTITLE = [
  `={{ (${JSON.stringify(WORDS)})[$parameter["resource"] + "." + $parameter["operation"]]`,
  // An expression, or an ID, is no word.
  '+ (/^[a-z_ ]+$/i.test($rawParameter["participant"] ?? "-") ? " · " + $rawParameter["participant"] : "") }}',
].join(' ');

/** The node as n8n loads it. What it can do stands in `operations/`, a file for each operation. */
export class GenesysCloud implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Genesys Cloud',
    name: 'genesysCloud',
    icon: {
      light: 'file:../../icons/genesysCloud.svg',
      dark: 'file:../../icons/genesysCloud.dark.svg',
    },
    group: ['output'],
    version: 1,
    subtitle: SUBTITLE,
    description:
      'Set, count and read attributes of participants in live Genesys Cloud conversations, without losing what others write',
    defaults: { name: 'Genesys Cloud' },
    usableAsTool: true,
    // What n8n is to hide in all items of the node, for good: so nothing else may stand there.
    sensitiveOutputFields: ['secure'],
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'genesysCloudApi', required: true }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        options: resources.map(({ name, value, description }) => ({ name, value, description })),
        default: 'participant',
      },
      ...resources.flatMap((resource) => [
        {
          displayName: 'Operation',
          name: 'operation',
          type: 'options' as const,
          noDataExpression: true,
          displayOptions: { show: { resource: [resource.value] } },
          options: resource.operations.map(({ name, value, action, description }) => ({
            name,
            value,
            action,
            description,
          })),
          default: resource.operations[0].value,
        },
        ...resource.operations.flatMap((operation) =>
          operation.properties.map((property) => ({
            ...property,
            displayOptions: {
              ...property.displayOptions,
              show: {
                ...property.displayOptions?.show,
                resource: [resource.value],
                operation: [operation.value],
              },
            },
          })),
        ),
      ]),
    ],
  };

  readonly methods: NonNullable<INodeType['methods']>;
  readonly execute: (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

  /** @param shared what it shares with all else that runs in the process */
  constructor(shared: Shared = sharedByAll) {
    // n8n calls both with a context of its own as `this`.
    this.methods = {
      listSearch: {
        async searchParticipants(filter = '') {
          return await searchParticipants(this, shared, filter);
        },
        async searchQueues(filter = '', page) {
          return await searchQueues(this, shared, filter, page);
        },
        async searchUsers(filter = '', page) {
          return await searchUsers(this, shared, filter, page);
        },
      },
      loadOptions: {
        async getQueues() {
          return await allQueues(this, shared);
        },
      },
    };
    this.execute = async function () {
      return [await executeOperation(this, shared)];
    };
  }
}

async function executeOperation(
  context: IExecuteFunctions,
  shared: Shared,
): Promise<INodeExecutionData[]> {
  try {
    const operation = findOperation(
      context.getNodeParameter('resource', 0),
      context.getNodeParameter('operation', 0),
    );
    return await operation.execute(context, shared);
  } catch (error) {
    // Left to n8n, an error of the whole run would send all items on as if nothing had happened.
    const outputs: INodeExecutionData[] = [];
    for await (const itemIndex of shared.slices.of(context.getInputData().keys())) {
      outputs.push(failedItem(context, error, { itemIndex }));
    }
    return outputs;
  }
}
