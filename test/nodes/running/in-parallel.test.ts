import { describe, expect, it } from '@jest/globals';

import { inParallel } from '../../../nodes/GenesysCloud/running/in-parallel';
import { Slots } from '../../../nodes/GenesysCloud/running/slots';
import { failureOf } from '../../genesys/transport/errors';

/** So many numbers; `asked` tells for how many of them somebody has asked. */
function numbers(count: number) {
  const state = { asked: 0 };
  async function* generate(): AsyncGenerator<number, void, undefined> {
    while (state.asked < count) {
      await Promise.resolve();
      yield state.asked++;
    }
  }
  return { state, inputs: generate() };
}

describe('Work in parallel', () => {
  it('is done on all inputs, so many at a time, in their order', async () => {
    const { inputs } = numbers(5);
    const done: number[] = [];
    let [running, most] = [0, 0];
    await inParallel(inputs, new Slots(2), async (input) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      done.push(input);
    });
    expect(done).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });

  it('asks for nothing further after an error, which it throws', async () => {
    const { state, inputs } = numbers(5);
    const error = new Error('no luck');
    const failure = await failureOf(
      inParallel(inputs, new Slots(1), async (input) => {
        await Promise.resolve();
        if (input === 1) throw error;
      }),
    );
    expect(failure).toBe(error);
    expect(state.asked).toBe(2);
  });

  it('throws the first error once all has ended that was started', async () => {
    const { inputs } = numbers(2);
    const ended: number[] = [];
    const failure = await failureOf(
      inParallel(inputs, new Slots(2), async (input) => {
        for (let turn = 0; turn <= input; turn++) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        ended.push(input);
        throw new Error(`of ${input}`);
      }),
    );
    expect(failure).toEqual(new Error('of 0'));
    expect(ended).toEqual([0, 1]);
  });
});
