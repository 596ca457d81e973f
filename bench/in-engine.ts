/** The node in n8n's engine, in a process of its own, as n8n has: for all sections that measure that. */
import type { IDataObject } from 'n8n-workflow';

import { GenesysCloudApi } from '../credentials/GenesysCloudApi.credentials';
import {
  type EngineOptions,
  runWorkflow,
  type WorkflowJson,
  type WorkflowRun,
} from '../engine/run-workflow';
import { Child } from './child';

/** One execution, of items each of which sets the attribute that it names. */
export interface Execution {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly items: readonly Item[];
}

export interface Item {
  readonly conversationId: string;
  readonly participantId: string;
  readonly name: string;
}

/** Runs an execution in this process. */
export async function runExecution(
  workflow: WorkflowJson,
  nodeTypes: EngineOptions['nodeTypes'],
  { items, url, clientId, clientSecret }: Execution,
): Promise<WorkflowRun> {
  return await runWorkflow(workflow, {
    nodeTypes,
    credentialTypes: [new GenesysCloudApi()],
    credentials: {
      credential: {
        region: 'custom',
        loginUrl: url,
        apiUrl: url,
        clientId,
        clientSecret,
        requestsPerMinute: 1_000_000,
      },
    },
    triggerItems: items as unknown as IDataObject[],
  });
}

/**
 * Uses a process that runs executions, and ends it.
 *
 * @param file of that process, which tells what it has measured of each execution
 */
export async function withEngine<Asked extends Execution, Measured, Result>(
  file: string,
  use: (engine: Child<Asked, Measured>) => Promise<Result>,
): Promise<Result> {
  const engine = await Child.start<Asked, Measured>(file, { flags: ['--expose-gc'] });
  try {
    return await use(engine);
  } finally {
    await engine.stop();
  }
}
