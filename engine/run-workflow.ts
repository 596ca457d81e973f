import './n8n-home';

import { randomUUID } from 'node:crypto';

import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
  createRunExecutionData,
  Workflow,
  type ExecutionError,
  type IConnections,
  type ICredentialType,
  type IDataObject,
  type INode,
  type INodeExecutionData,
  type INodeType,
  type IRun,
  type ITaskData,
  type NodeExecutionHint,
  type WorkflowExecuteMode,
} from 'n8n-workflow';

import { additionalData } from './additional-data';
import { CredentialStore, type Credentials } from './credential-store';
import { KnownNodeTypes } from './known-node-types';
import { standIns, triggerModes } from './stand-ins';

/** A workflow as n8n exports it; pinned data is left out, as in n8n's production runs. */
export interface WorkflowJson {
  readonly name?: string;
  readonly nodes: readonly object[];
  readonly connections: object;
  readonly settings?: object;
}

export interface EngineOptions {
  /** Node types beside the triggers, by the type name the workflow uses for them. */
  readonly nodeTypes: Readonly<Record<string, INodeType>>;
  readonly credentialTypes?: readonly ICredentialType[];
  /** A token fetched by `preAuthentication` is written back, as n8n does to its database. */
  readonly credentials?: Credentials;
  /** What the trigger puts out; one empty item by default. */
  readonly triggerItems?: readonly IDataObject[];
}

export interface StartedWorkflow {
  /** Settles when the workflow has ended, however it ended. */
  readonly done: Promise<WorkflowRun>;
  /** Does what the stop button does: aborts the running node's signal and starts no other node. */
  cancel(): void;
}

/** A workflow that has ended, well or not. */
export class WorkflowRun {
  constructor(
    readonly data: IRun,
    private readonly workflow: Workflow,
  ) {}

  /** What stopped the workflow: n8n's plain copy of the error, so `instanceof` does not hold. */
  get error(): ExecutionError | undefined {
    return this.data.data.resultData.error;
  }

  /** The items a node put out in its last run; the error branch is the last output. */
  items(nodeName: string, output = 0): INodeExecutionData[] {
    return this.lastRunOf(nodeName)?.data?.['main']?.[output] ?? [];
  }

  /** The hints a node gave in its last run. */
  hints(nodeName: string): NodeExecutionHint[] {
    return this.lastRunOf(nodeName)?.hints ?? [];
  }

  private lastRunOf(nodeName: string): ITaskData | undefined {
    if (this.workflow.getNode(nodeName) === null) {
      throw new Error(`The workflow has no node "${nodeName}"`);
    }
    return this.data.data.resultData.runData[nodeName]?.at(-1);
  }
}

/**
 * Starts a workflow in n8n's own engine, at its first trigger that is not disabled.
 *
 * @throws when the workflow cannot start: no trigger, an unknown node type, a required parameter
 * left empty
 */
export function startWorkflow(json: WorkflowJson, options: EngineOptions): StartedWorkflow {
  const workflow = loadWorkflow(json, options.nodeTypes);
  const { trigger, mode } = findTrigger(workflow);
  const items = (options.triggerItems ?? [{}]).map((item) => ({ json: structuredClone(item) }));

  const executionId = randomUUID();
  const execution = new WorkflowExecute(
    {
      ...additionalData(
        new CredentialStore(options.credentialTypes ?? [], options.credentials ?? {}),
      ),
      executionId,
      hooks: lifecycleHooks(workflow, mode, executionId),
    },
    mode,
    createRunExecutionData({
      executionData: {
        nodeExecutionStack: [{ node: trigger, data: { main: [items] }, source: null }],
      },
    }),
  ).processRunExecutionData(workflow);

  return {
    done: execution.then((run) => new WorkflowRun(run, workflow)),
    cancel: () => {
      execution.cancel();
    },
  };
}

/** Runs a workflow to its end in n8n's own engine; see {@link startWorkflow}. */
export async function runWorkflow(
  json: WorkflowJson,
  options: EngineOptions,
): Promise<WorkflowRun> {
  return await startWorkflow(json, options).done;
}

function loadWorkflow(json: WorkflowJson, nodeTypes: EngineOptions['nodeTypes']): Workflow {
  // A copy, because the engine fills in defaults and marks nodes as it goes.
  const copy = structuredClone(json);
  const nodes = copy.nodes as INode[];
  return new Workflow({
    id: randomUUID(),
    name: copy.name ?? 'Workflow',
    nodes: nodes.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote'),
    connections: copy.connections as IConnections,
    settings: copy.settings ?? {},
    active: true,
    nodeTypes: new KnownNodeTypes({ ...standIns, ...nodeTypes }),
  });
}

/** The engine itself starts neither at webhooks nor at schedules: the application tells it where. */
function findTrigger(workflow: Workflow): { trigger: INode; mode: WorkflowExecuteMode } {
  for (const trigger of Object.values(workflow.nodes)) {
    const mode = triggerModes.get(trigger.type);
    if (mode !== undefined && trigger.disabled !== true) return { trigger, mode };
  }
  throw new Error(
    `The workflow has no enabled trigger of the types ${[...triggerModes.keys()].join(', ')}`,
  );
}

function lifecycleHooks(
  workflow: Workflow,
  mode: WorkflowExecuteMode,
  executionId: string,
): ExecutionLifecycleHooks {
  const now = new Date();
  return new ExecutionLifecycleHooks(mode, executionId, {
    id: workflow.id,
    name: workflow.name ?? '',
    nodes: Object.values(workflow.nodes),
    connections: workflow.connectionsBySourceNode,
    active: workflow.active,
    activeVersionId: null,
    isArchived: false,
    createdAt: now,
    updatedAt: now,
  });
}
