import { expect } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Simulator } from '../../simulator';
import { run } from '../engine/set-up';

/** Runs it, sees that nothing was sent for any item, and gives what was said about each. */
export async function complaints(
  simulator: Simulator,
  parameters: IDataObject,
  items: readonly IDataObject[] = [{}],
): Promise<string[]> {
  const { items: outputs } = await run(simulator, {
    parameters: { conversationId: '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b', ...parameters },
    items,
    onError: 'continueRegularOutput',
  });
  expect(outputs.map(({ json }) => json['details'])).toEqual(
    items.map(() => expect.objectContaining({ code: 'invalid', attempts: 0 }) as unknown),
  );
  expect(simulator.journal.entries).toEqual([]);
  return outputs.map(({ json }) => json['error'] as string);
}

/** Runs it for items that are all fine, one participant each, and gives the attributes that are there then. */
export async function attributesAfter(
  simulator: Simulator,
  parameters: IDataObject,
  item: IDataObject = {},
  before: Record<string, string> = {},
): Promise<IDataObject> {
  const call = simulator.addCall({ attributes: before });
  const { items, run: workflowRun } = await run(simulator, {
    parameters: { conversationId: call.conversationId, ...parameters },
    items: [item],
  });
  expect(workflowRun.error).toBeUndefined();
  expect(items.map(({ json }) => json['outcome'])).toEqual(['written']);
  return { ...call.customer.attributes };
}
