/** The node in n8n's engine, in a process of its own. */
import type { IDataObject } from 'n8n-workflow';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { runWorkflow } from '../../engine/run-workflow';
// With its extension: without one, the .json beside it would be found.
import { GenesysCloud } from '../../nodes/GenesysCloud/GenesysCloud.node.js';
import { serve } from '../serve';
import { PeakHeap } from './peak-heap';
import { NODE_NAME, workflowWith } from './workflow';

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

export interface Measured {
  /** Items that came out as written. */
  readonly written: number;
  readonly elapsedMs: number;
  /** CPU time of the process meanwhile, in ms. */
  readonly cpuMs: number;
  /** The most that the heap held above what it held before, in bytes; garbage included. */
  readonly peakBytes: number;
  /** What it holds in the end without garbage, above what it held before, in bytes. */
  readonly heldBytes: number;
}

serve(async ({ items, url, clientId, clientSecret }: Execution): Promise<Measured> => {
  const heap = PeakHeap.watch();
  const cpuBefore = process.cpuUsage();
  const beganAt = performance.now();
  const run = await runWorkflow(workflowWith(), {
    nodeTypes: { 'n8n-nodes-genesys-cloud.genesysCloud': new GenesysCloud() },
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
  const elapsedMs = performance.now() - beganAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const { peakBytes, heldBytes } = heap.end();
  // Looked at after the heap has been measured, so that the run is held until then.
  const written = run.items(NODE_NAME).filter(({ json }) => json['outcome'] === 'written').length;
  return { written, elapsedMs, cpuMs: (user + system) / 1000, peakBytes, heldBytes };
});
