import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { strategies } from '../../../core';
import { Shared } from '../../../genesys/shared';
import { Hints } from '../../../nodes/GenesysCloud/hints';
import { InvalidParameter } from '../../../nodes/parameters/invalid-parameter';
import type { ItemRequest } from '../../../nodes/GenesysCloud/running/item-request';
import { readEach } from '../../../nodes/GenesysCloud/running/read-each';
import { Run } from '../../../nodes/GenesysCloud/running/run';
import { clientOf } from '../../genesys/client-of';

function request(itemIndex: number): ItemRequest {
  const policy = {
    maxAttempts: 1,
    totalTimeoutMs: 1000,
    requestTimeoutMs: 1000,
    backoff: strategies.fixed({ baseMs: 0, maxMs: 0 }),
  };
  return { itemIndex, policy };
}

/** Reads so many items, and tells what comes out of each. */
async function outputsOf(
  items: number,
  find: (itemIndex: number) => Promise<readonly IDataObject[]>,
  { concurrency = 10, continues = true } = {},
) {
  const shared = new Shared();
  const client = clientOf({ url: 'http://127.0.0.1:1' }, shared);
  const context = {
    getExecutionCancelSignal: () => undefined,
    continueOnFail: () => continues,
    getNode: () => ({ name: 'Node', type: 'node', onError: 'continueErrorOutput' }),
  } as unknown as IExecuteFunctions;
  const outputs: INodeExecutionData[][] = [];
  const run = new Run(context, shared, client, concurrency, new Hints(), outputs);
  const requests = Array.from({ length: items }, (_, index) => request(index));
  await readEach(run, requests, async ({ itemIndex }) => await find(itemIndex));
  return outputs;
}

describe('Items that are read', () => {
  it('give an item for each thing that is found, paired and in order', async () => {
    const outputs = await outputsOf(3, async (item) => {
      await sleep(30 - item * 10);
      return Array.from({ length: item }, (_, index) => ({ found: index }));
    });
    expect(outputs.flat()).toEqual([
      { json: { found: 0 }, pairedItem: { item: 1 } },
      { json: { found: 0 }, pairedItem: { item: 2 } },
      { json: { found: 1 }, pairedItem: { item: 2 } },
    ]);
  });

  it('fail one by one', async () => {
    const outputs = await outputsOf(2, async (item) => {
      await sleep(1);
      if (item === 0) throw new InvalidParameter('Limit', 'It is wrong.');
      return [{ found: true }];
    });
    expect(outputs[0]?.[0]).toMatchObject({
      json: { details: { code: 'invalid' } },
      pairedItem: { item: 0 },
    });
    expect(outputs[1]).toEqual([{ json: { found: true }, pairedItem: { item: 1 } }]);
  });

  it('stop the workflow where it is to stop', async () => {
    const find = () => Promise.reject(new InvalidParameter('Limit', 'It is wrong.'));
    await expect(outputsOf(2, find, { continues: false })).rejects.toThrow('"Limit" of item 0');
  });

  it('are read so many at a time', async () => {
    let atOnce = 0;
    let mostAtOnce = 0;
    await outputsOf(
      20,
      async () => {
        mostAtOnce = Math.max(mostAtOnce, ++atOnce);
        await sleep(10);
        atOnce--;
        return [];
      },
      { concurrency: 3 },
    );
    expect(mostAtOnce).toBe(3);
  });
});
