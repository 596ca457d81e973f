import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { GenesysClient } from '../../../genesys/client';
import type { Shared } from '../../../genesys/shared';
import { failedItem } from '../../failure/failure';
import type { Hints } from '../hints';
import type { ItemRequest } from './item-request';

/** One run of an operation over all items that have passed their checks. */
export class Run {
  /** Set when the execution is cancelled. */
  readonly signal: AbortSignal | undefined;

  /**
   * @param concurrency so many things may be worked on at a time
   * @param outputs takes in what becomes of each item, at its index
   */
  constructor(
    private readonly context: IExecuteFunctions,
    readonly shared: Shared,
    readonly client: GenesysClient,
    readonly concurrency: number,
    readonly hints: Hints,
    private readonly outputs: (readonly INodeExecutionData[])[],
  ) {
    this.signal = context.getExecutionCancelSignal();
  }

  /** An item is done. Those of one record end together, however many they are: each in its slice. */
  async succeed({ itemIndex }: ItemRequest, make: () => readonly IDataObject[]): Promise<void> {
    this.outputs[itemIndex] = await this.shared.slices.run(() =>
      make().map((json) => ({ json, pairedItem: { item: itemIndex } })),
    );
  }

  /**
   * An item has failed.
   *
   * @param participantId whom a look-up has found
   * @throws {NodeOperationError} where the workflow is to stop
   */
  async fail(request: ItemRequest, error: unknown, participantId?: string): Promise<void> {
    const { leaves, limits } = this.client;
    const { isRecovering } = limits;
    const { totalTimeoutMs } = request.policy;
    const circumstances = {
      ...request.told,
      totalTimeoutMs,
      smallerLimit: leaves.smallerLimit,
      isRecovering,
    };
    this.outputs[request.itemIndex] = await this.shared.slices.run(() => [
      failedItem(this.context, error, { ...request, participantId }, circumstances),
    ]);
  }
}
