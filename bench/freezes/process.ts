/** A workflow in n8n's engine, in a process of its own that is looked at while it runs. */
import type { IExecuteFunctions, INodeType } from 'n8n-workflow';

import { standIns } from '../../engine/stand-ins';
import { type Execution as ExecutionInEngine, runExecution } from '../in-engine';
import { NODE_NAME, workflowWith } from '../scale/workflow';
import { serve } from '../serve';
import { type NodeName, nodes } from './nodes';
import { FreezeProbe, type Freezes } from './probe';

/** One execution of a trigger and one node. */
export interface Execution extends ExecutionInEngine {
  readonly node: NodeName;
}

export interface Measured {
  /** Items that came out and say no error. */
  readonly succeeded: number;
  /** From the trigger to the end of the workflow. */
  readonly inWorkflow: Freezes;
  /** While the node was executing. */
  readonly inNode: Freezes;
  readonly nodeMs: number;
}

const TRIGGER = 'n8n-nodes-base.manualTrigger';

const workflow = workflowWith({
  // A hundred participants at once.
  options: { writeMethod: 'versioned', concurrency: 100 },
  // None of them is to give up because the machine is slow.
  retry: { totalTimeout: 3_600_000 },
});

serve(async ({ node, ...execution }: Execution): Promise<Measured> => {
  let whole: FreezeProbe | undefined;
  let inNode: Freezes = { longestMs: 0, longestPauseMs: 0 };
  let nodeMs = 0;
  const trigger = around(standIns[TRIGGER], async (execute) => {
    // What n8n does before that is not its own here, but that of the bench.
    global.gc?.();
    whole = new FreezeProbe();
    return await execute();
  });
  const watched = around(nodes[node], async (execute) => {
    const probe = new FreezeProbe();
    const beganAt = performance.now();
    try {
      return await execute();
    } finally {
      nodeMs = performance.now() - beganAt;
      inNode = probe.end();
    }
  });
  const nodeTypes = { [TRIGGER]: trigger, 'n8n-nodes-genesys-cloud.genesysCloud': watched };
  const run = await runExecution(workflow, nodeTypes, execution);
  if (!whole) throw new Error('The trigger did not run');
  const inWorkflow = whole.end();
  const succeeded = run.items(NODE_NAME).filter(({ json }) => !('error' in json)).length;
  return { succeeded, inWorkflow, inNode, nodeMs };
});

type Outputs = ReturnType<NonNullable<INodeType['execute']>>;

/** The same node with something around its work. */
function around(node: INodeType | undefined, work: (execute: () => Outputs) => Outputs): INodeType {
  if (!node) throw new Error('There is no such node');
  return {
    description: node.description,
    async execute(this: IExecuteFunctions) {
      return await work(async () => (await node.execute?.call(this)) ?? []);
    },
  };
}
