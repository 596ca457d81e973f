import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { Shared } from '../../../genesys/shared';

/** One thing the node can do. */
export interface Operation {
  /** In the dropdown. */
  readonly name: string;
  /** In saved workflows. */
  readonly value: string;
  /** In the node panel, as a sentence. */
  readonly action: string;
  readonly description: string;
  /** Shown only while this operation is chosen. */
  readonly properties: readonly INodeProperties[];
  /** Works on all input items and answers one item for each, in order. */
  execute(context: IExecuteFunctions, shared: Shared): Promise<INodeExecutionData[]>;
}

/** A kind of thing in Genesys Cloud, with what can be done to it. */
export interface Resource {
  readonly name: string;
  readonly value: string;
  readonly description: string;
  /** The first one is the default. */
  readonly operations: readonly [Operation, ...Operation[]];
}
