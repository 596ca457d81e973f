import type { IDataObject } from 'n8n-workflow';

import { inParallel } from './in-parallel';
import type { ItemRequest } from './item-request';
import type { Run } from './run';
import { Slots } from './slots';

/** What an operation reads for one item, and what comes out: an item for each thing that it finds. */
export type Reading<Request extends ItemRequest> = (
  request: Request,
  run: Run,
) => Promise<readonly IDataObject[]>;

/**
 * Reads something for each item.
 *
 * @param isCounted whether so many at a time at most; those that only wait for something are not counted
 */
export async function readEach<Request extends ItemRequest>(
  run: Run,
  requests: readonly Request[],
  read: Reading<Request>,
  isCounted: boolean,
): Promise<void> {
  const slots = new Slots(isCounted ? run.concurrency : Infinity);
  await inParallel(run.shared.slices.of(requests), slots, async (request) => {
    try {
      const found = await read(request, run);
      await run.succeed(request, () => found);
    } catch (error) {
      await run.fail(request, error);
    }
  });
}
