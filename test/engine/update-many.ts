import type { IDataObject } from 'n8n-workflow';

import type { Simulator } from '../../simulator';
import { byId, rows, run } from './set-up';

/** Sets an attribute of so many new calls, all at once, and gives what comes out. */
export async function updateMany(
  simulator: Simulator,
  count: number,
  credential: IDataObject,
  retry: IDataObject = {},
): Promise<IDataObject[]> {
  const calls = Array.from({ length: count }, () => simulator.addCall());
  const { items } = await run(simulator, {
    credential,
    parameters: {
      conversationId: '={{ $json.conversation }}',
      participant: byId('={{ $json.participant }}'),
      attributes: rows({ priority: 'high' }),
      options: { concurrency: 1000 },
      retry,
    },
    items: calls.map(({ conversationId, customer }) => ({
      conversation: conversationId,
      participant: customer.id,
    })),
    onError: 'continueRegularOutput',
  });
  return items.map(({ json }) => json);
}
