import { afterEach, beforeEach } from '@jest/globals';
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { startWorkflow, type WorkflowRun } from '../../engine/run-workflow';
import { GenesysCloud } from '../../nodes/GenesysCloud/GenesysCloud.node';
import { Shared } from '../../genesys/shared';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator';

/** What the executions against one simulator share, by its address: as if they ran in a process of their own. */
const processes = new Map<string, Shared>();

export function processFor({ url }: Pick<Simulator, 'url'>): Shared {
  const shared = processes.get(url) ?? new Shared();
  processes.set(url, shared);
  return shared;
}

/** A simulator for each test, closed when the test ends. */
export function simulatorForEachTest(options: SimulatorOptions = {}): { current: Simulator } {
  const holder = {} as { current: Simulator };
  beforeEach(async () => {
    holder.current = await startSimulator(options);
  });
  afterEach(async () => {
    await holder.current.close();
    processes.delete(holder.current.url);
  });
  return holder;
}

export interface NodeRun {
  /** The node's parameters, as in a workflow file. */
  readonly parameters: IDataObject;
  /** The items that come in. */
  readonly items?: readonly IDataObject[];
  readonly onError?: 'continueRegularOutput' | 'continueErrorOutput';
  readonly credential?: IDataObject;
  /** Default: one that shares what all others share that run against the simulator. */
  readonly node?: INodeType;
  /** Called when the node begins, with what n8n gives it. */
  readonly onBegin?: (context: IExecuteFunctions) => void;
}

/** A workflow of a trigger and our node, against a simulator. */
export function start(
  simulator: Pick<Simulator, 'url' | 'clientId' | 'clientSecret'>,
  { parameters, items, node, onBegin, onError, credential }: NodeRun,
): { done: Promise<WorkflowRun>; cancel(): void } {
  const workflow = {
    nodes: [
      {
        id: 'trigger',
        name: 'Trigger',
        type: 'n8n-nodes-base.manualTrigger',
        typeVersion: 1,
        position: [0, 0],
        parameters: {},
      },
      {
        id: 'node',
        name: 'Node',
        type: 'n8n-nodes-genesys-cloud.genesysCloud',
        typeVersion: 1,
        position: [200, 0],
        parameters: { resource: 'participant', operation: 'setAttributes', ...parameters },
        credentials: { genesysCloudApi: { id: 'credential', name: 'Simulator' } },
        ...(onError && { onError }),
      },
    ],
    connections: { Trigger: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } },
  };
  const inner = node ?? new GenesysCloud(processFor(simulator));
  const watched = Object.assign(Object.create(inner) as INodeType, {
    async execute(this: IExecuteFunctions) {
      onBegin?.(this);
      return (await inner.execute?.call(this)) ?? null;
    },
  });
  return startWorkflow(workflow, {
    nodeTypes: {
      'n8n-nodes-genesys-cloud.genesysCloud': watched,
    },
    credentialTypes: [new GenesysCloudApi()],
    credentials: {
      credential: {
        region: 'custom',
        loginUrl: simulator.url,
        apiUrl: simulator.url,
        clientId: simulator.clientId,
        clientSecret: simulator.clientSecret,
        ...credential,
      },
    },
    ...(items && { triggerItems: items }),
  });
}

/** Runs it to the end and gives what the node put out. */
export async function run(
  simulator: Pick<Simulator, 'url' | 'clientId' | 'clientSecret'>,
  nodeRun: NodeRun,
): Promise<{ items: INodeExecutionData[]; errors: INodeExecutionData[]; run: WorkflowRun }> {
  const workflowRun = await start(simulator, nodeRun).done;
  return {
    items: workflowRun.items('Node'),
    errors: workflowRun.items('Node', 1),
    run: workflowRun,
  };
}

/** The rows of "Attributes to Set". */
export function rows(attributes: Record<string, unknown>): IDataObject {
  return {
    assignments: Object.entries(attributes).map(([name, value]) => ({
      id: name,
      name,
      value,
      type: 'string',
    })),
  };
}

/** How an update went, or why it did not succeed. */
export function detailsOf(json: IDataObject = {}): IDataObject {
  return json['details'] as IDataObject;
}

export function byId(id: string): IDataObject {
  return { __rl: true, mode: 'id', value: id };
}

export function byPurpose(purpose: string): IDataObject {
  return { __rl: true, mode: 'purpose', value: purpose };
}
