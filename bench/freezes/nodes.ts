import type { IExecuteFunctions, INodeType } from 'n8n-workflow';

import { noOp } from '../../engine/stand-ins';
// With its extension: without one, the .json beside it would be found.
import { GenesysCloud } from '../../nodes/GenesysCloud/GenesysCloud.node.js';

const ours = new GenesysCloud();

/** Evaluates the same expressions as ours for all items in one go, as n8n's own nodes do, and nothing more. */
const expressions: INodeType = {
  description: ours.description,
  execute(this: IExecuteFunctions) {
    const outputs = this.getInputData().map((_, item) => ({
      json: {
        conversationId: this.getNodeParameter('conversationId', item) as string,
        participant: this.getNodeParameter('participant', item) as object,
        attributes: this.getNodeParameter('attributes', item) as object,
      },
      pairedItem: { item },
    }));
    return Promise.resolve([outputs]);
  },
};

/** What may stand where our node does. */
export const nodes = { nothing: noOp, expressions, ours } satisfies Record<string, INodeType>;

export type NodeName = keyof typeof nodes;
