import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { INodeType } from 'n8n-workflow';

import type * as NodeModule from '../../nodes/GenesysCloud/GenesysCloud.node';
import { type Simulator, startSimulator } from '../../simulator';
import { byId, byPurpose, rows, run } from './set-up';

/** The node as it comes out of modules of its own, with all that they share. */
function load(): INodeType {
  let loaded: INodeType | undefined;
  jest.isolateModules(() => {
    const { GenesysCloud } = jest.requireActual<typeof NodeModule>(
      '../../nodes/GenesysCloud/GenesysCloud.node',
    );
    loaded = new GenesysCloud();
  });
  if (!loaded) throw new Error('The package was not loaded.');
  return loaded;
}

describe('The package, loaded twice in one process', () => {
  const [one, other] = [load(), load()];
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ latencyMs: 5 });
  });
  afterEach(async () => {
    await simulator.close();
  });

  it('is two of all that it shares', async () => {
    expect(one.constructor).not.toBe(other.constructor);
    const call = simulator.addCall();
    for (const node of [one, other, one, other]) {
      await run(simulator, {
        node,
        parameters: {
          conversationId: call.conversationId,
          participant: byId(call.customer.id),
          attributes: rows({ a: '1' }),
        },
      });
    }
    const tokens = simulator.journal.entries.filter(({ kind }) => kind === 'token');
    expect(tokens).toHaveLength(2);
  });

  it('loses no write where both write to one participant at the same time', async () => {
    const call = simulator.addCall({ attributes: { lang: 'en' } });
    const names = Array.from({ length: 10 }, (_, index) => `a${index}`);
    const runs = await Promise.all(
      names.map(async (name, index) => {
        const node = index % 2 ? one : other;
        return await run(simulator, {
          node,
          parameters: {
            conversationId: call.conversationId,
            participant: byPurpose('customer'),
            attributes: rows({ [name]: name }),
          },
        });
      }),
    );
    expect(runs.map(({ items }) => items[0]?.json['outcome'])).toEqual(names.map(() => 'written'));
    expect(call.customer.attributes).toEqual({
      lang: 'en',
      ...Object.fromEntries(names.map((name) => [name, name])),
    });
  });

  it('tells failures apart in each as it does alone', async () => {
    for (const node of [one, other]) {
      const { errors } = await run(simulator, {
        node,
        onError: 'continueErrorOutput',
        parameters: {
          conversationId: simulator.addCall({ attributes: { a: '1' } }).conversationId,
          participant: byPurpose('customer'),
          attributes: rows({ a: '2' }),
          options: { condition: 'onlyIfEquals', expectedAttributes: '{ "a": "3" }' },
        },
      });
      expect(errors[0]?.json).toMatchObject({ details: { code: 'refused' } });
    }
  });
});
