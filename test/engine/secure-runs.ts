import type { IDataObject } from 'n8n-workflow';

import type { Call, Simulator } from '../../simulator';
import { rows, run } from './set-up';

/** The parameters of an operation on the secure attributes of a call. */
export function secure(
  call: Pick<Call, 'conversationId'>,
  operation: 'get' | 'set' | 'remove',
  more: IDataObject = {},
): IDataObject {
  return {
    resource: 'secureAttributes',
    operation,
    conversationId: call.conversationId,
    ...more,
  };
}

/** Sets some, and gives the item that comes out, be it a failure. */
export async function setSecure(
  simulator: Simulator,
  call: Pick<Call, 'conversationId'>,
  attributes: Record<string, unknown>,
  more: IDataObject = {},
): Promise<IDataObject> {
  const { items } = await run(simulator, {
    parameters: secure(call, 'set', { attributes: rows(attributes), ...more }),
    onError: 'continueRegularOutput',
  });
  return items[0]?.json ?? {};
}
