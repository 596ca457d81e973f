import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type WorkflowExecuteMode,
} from 'n8n-workflow';

/**
 * Hands on what it is given. That is all a trigger does in a production run too: what set it off
 * is put on the execution stack as the trigger's input.
 */
class PassThrough implements INodeType {
  readonly description: INodeTypeDescription;

  constructor(name: string, group: 'trigger' | 'transform') {
    this.description = {
      name,
      displayName: name,
      description: `Stands in for n8n's ${name}`,
      group: [group],
      version: 1,
      defaults: { name },
      inputs: group === 'trigger' ? [] : [NodeConnectionTypes.Main],
      outputs: [NodeConnectionTypes.Main],
      properties: [],
    };
  }

  execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return Promise.resolve([this.getInputData()]);
  }
}

/** The triggers a workflow may start with, and the mode n8n runs such a workflow in. */
export const triggerModes: ReadonlyMap<string, WorkflowExecuteMode> = new Map([
  ['n8n-nodes-base.manualTrigger', 'manual'],
  ['n8n-nodes-base.executeWorkflowTrigger', 'integrated'],
  ['n8n-nodes-base.webhook', 'webhook'],
  ['n8n-nodes-base.scheduleTrigger', 'trigger'],
]);

export const noOp = new PassThrough('noOp', 'transform');

/** n8n's own nodes that workflows may use here; n8n-nodes-base itself is not installed. */
export const standIns: Readonly<Record<string, INodeType>> = {
  'n8n-nodes-base.noOp': noOp,
  ...Object.fromEntries(
    [...triggerModes.keys()].map((type) => [
      type,
      new PassThrough(type.replace('n8n-nodes-base.', ''), 'trigger'),
    ]),
  ),
};
