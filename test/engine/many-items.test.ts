import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { getEventListeners } from 'node:events';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Call } from '../../simulator';
import { byId, byPurpose, detailsOf, run, simulatorForEachTest, start } from './set-up';

const ITEMS = 2000;

const items = Array.from({ length: ITEMS }, (_, index) => ({ value: `value ${index}` }));

/** Each item sets the same attribute to a value of its own. */
function parametersFor(call: Call, participant = byId(call.customer.id)): IDataObject {
  return {
    conversationId: call.conversationId,
    participant,
    attributes: {
      assignments: [{ id: '1', name: 'turn', value: '={{ $json.value }}', type: 'string' }],
    },
  };
}

/** Calls back when the node looks at an item for the first time. */
function whenChecked(context: IExecuteFunctions, item: number, tell: () => void): void {
  const read = context.getNodeParameter.bind(context) as (...given: unknown[]) => unknown;
  context.getNodeParameter = ((...given: unknown[]) => {
    if (given[0] === 'conversationId' && given[1] === item) tell();
    return read(...given);
  }) as typeof context.getNodeParameter;
}

/** Counts what listens to a signal, from now on. */
function watchListeners(signal: AbortSignal): { most: number } {
  const watched = { most: 0 };
  const add = signal.addEventListener.bind(signal);
  signal.addEventListener = (...listener: Parameters<typeof add>) => {
    add(...listener);
    watched.most = Math.max(watched.most, getEventListeners(signal, 'abort').length);
  };
  return watched;
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('2,000 items at one participant', () => {
  const simulator = simulatorForEachTest();

  it('chosen by its ID cost one read and one write, and the last one wins', async () => {
    const call = simulator.current.addCall();
    const { items: outputs } = await run(simulator.current, {
      parameters: parametersFor(call),
      items,
    });
    const { journal } = simulator.current;
    expect([journal.reads().length, journal.writes().length]).toEqual([1, 1]);
    expect(outputs.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
    expect(outputs.every(({ json }) => detailsOf(json)['batchSize'] === ITEMS)).toBe(true);
    expect(call.customer.attributes).toEqual({ turn: `value ${ITEMS - 1}` });
  });

  it('chosen by its purpose cost one look at the conversation more, and still one write', async () => {
    const call = simulator.current.addCall();
    await run(simulator.current, { parameters: parametersFor(call, byPurpose('customer')), items });
    const { journal } = simulator.current;
    const looks = journal.reads().filter(({ path }) => !path.includes('/participants/'));
    expect([looks.length, journal.writes().length]).toEqual([1, 1]);
  });

  it('put a handful of listeners on the signal of the execution, and leave none', async () => {
    const call = simulator.current.addCall();
    let signal: AbortSignal | undefined;
    let listeners = { most: 0 };
    await run(simulator.current, {
      parameters: parametersFor(call, byPurpose('customer')),
      items,
      onBegin: (context) => {
        signal = context.getExecutionCancelSignal();
        if (signal) listeners = watchListeners(signal);
      },
    });
    expect(listeners.most).toBeGreaterThan(0);
    expect(listeners.most).toBeLessThanOrEqual(5);
    expect(signal && getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('are checked while the event loop turns', async () => {
    const call = simulator.current.addCall();
    let turns = 0;
    let turnsBeforeLast = 0;
    const onBegin = (context: IExecuteFunctions) => {
      const timer = setInterval(() => turns++);
      whenChecked(context, ITEMS - 1, () => {
        turnsBeforeLast = turns;
        clearInterval(timer);
      });
    };
    await run(simulator.current, { parameters: parametersFor(call), items, onBegin });
    expect(turnsBeforeLast).toBeGreaterThan(3);
  });

  it('may be cancelled while they are checked: the rest is not, and nothing is sent', async () => {
    const call = simulator.current.addCall();
    let checksNext = false;
    const execution = start(simulator.current, {
      parameters: parametersFor(call),
      items,
      onError: 'continueRegularOutput',
      onBegin: (context) => {
        whenChecked(context, 100, () => {
          execution.cancel();
        });
        whenChecked(context, 101, () => {
          checksNext = true;
        });
      },
    });
    const outputs = (await execution.done).items('Node');
    expect(checksNext).toBe(false);
    expect(outputs).toHaveLength(ITEMS);
    for (const { json } of outputs) expect(json).toMatchObject({ details: { code: 'cancelled' } });
    expect(simulator.current.journal.entries).toEqual([]);
  });
});
