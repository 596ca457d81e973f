import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Shared } from '../../../genesys/shared';
import { stopIfCancelled } from '../../failure/cancelled';
import { clientFor } from '../../credential/client';
import { type Aim, failedItem } from '../../failure/failure';
import { Hints } from '../hints';
import { readConversationId } from '../parameters/conversation-id';
import { InvalidParameter } from '../../parameters/invalid-parameter';
import { parseConcurrency } from '../parameters/options';
import { ParameterReader } from '../../parameters/parameter-reader';
import type { ItemRequest } from './item-request';
import { Run } from './run';

/** How an operation takes its items. */
export interface Items<Request extends ItemRequest> {
  /**
   * What an item asks for.
   *
   * @throws {InvalidParameter}
   */
  readonly read: (reader: ParameterReader, itemIndex: number) => Request;
  /** Set where it only waits, so that it takes nobody's place. */
  readonly onlyWaits?: boolean;
  /** What one is about whose parameters are wrong, as far as they tell; default its conversation. */
  readonly aimOf?: (reader: ParameterReader, itemIndex: number) => Aim;
}

/** How an operation goes about its items. */
export interface Job<Request extends ItemRequest> extends Items<Request> {
  /** Works on all of them, in order, and tells the run of each how it has ended. */
  readonly work: (run: Run, requests: readonly Request[]) => Promise<void>;
}

/**
 * Runs a job on all input items. All items are checked before the first request is made.
 *
 * @returns what becomes of each item, in order
 * @throws {NodeOperationError} where the workflow is to stop
 */
export async function runItems<Request extends ItemRequest>(
  context: IExecuteFunctions,
  shared: Shared,
  { aimOf = conversationOf, onlyWaits = false, read, work }: Job<Request>,
): Promise<INodeExecutionData[]> {
  const outputs: INodeExecutionData[][] = [];
  const reader = new ParameterReader(context);
  const requests: Request[] = [];
  for await (const itemIndex of shared.slices.of(context.getInputData().keys())) {
    try {
      stopIfCancelled(context);
      requests.push(read(reader, itemIndex));
    } catch (error) {
      const isRead = error instanceof InvalidParameter;
      const aim = isRead ? aimOf(reader, itemIndex) : {};
      outputs[itemIndex] = [failedItem(context, error, { itemIndex, ...aim })];
    }
  }
  const [first] = requests;
  if (!first) return outputs.flat();

  const hints = new Hints();
  let run: Run;
  try {
    const client = clientFor(await context.getCredentials('genesysCloudApi'), shared);
    const concurrency = onlyWaits
      ? Infinity
      : parseConcurrency(reader.read('options', 'Options', first.itemIndex));
    run = new Run(context, shared, client, concurrency, hints, outputs);
  } catch (error) {
    for await (const request of shared.slices.of(requests)) {
      outputs[request.itemIndex] = [failedItem(context, error, request)];
    }
    return outputs.flat();
  }
  await work(run, requests);
  if (reader.hasFixedBraces) hints.add('fixedBraces');
  hints.show(context);
  return outputs.flat();
}

function conversationOf(reader: ParameterReader, itemIndex: number): Aim {
  return { conversationId: readConversationId(reader, itemIndex) };
}
