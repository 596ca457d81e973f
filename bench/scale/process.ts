/** The node in n8n's engine, in a process of its own. */
// With its extension: without one, the .json beside it would be found.
import { GenesysCloud } from '../../nodes/GenesysCloud/GenesysCloud.node.js';
import { type Execution, runExecution } from '../in-engine';
import { serve } from '../serve';
import { PeakHeap } from './peak-heap';
import { NODE_NAME, workflowWith } from './workflow';

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

serve(async (execution: Execution): Promise<Measured> => {
  const heap = PeakHeap.watch();
  const cpuBefore = process.cpuUsage();
  const beganAt = performance.now();
  const nodeTypes = { 'n8n-nodes-genesys-cloud.genesysCloud': new GenesysCloud() };
  const run = await runExecution(workflowWith(), nodeTypes, execution);
  const elapsedMs = performance.now() - beganAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const { peakBytes, heldBytes } = heap.end();
  // Looked at after the heap has been measured, so that the run is held until then.
  const written = run.items(NODE_NAME).filter(({ json }) => json['outcome'] === 'written').length;
  return { written, elapsedMs, cpuMs: (user + system) / 1000, peakBytes, heldBytes };
});
