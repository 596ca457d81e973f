import type { Slots } from './slots';

/**
 * Runs `work` on all inputs, each in a slot of its own, in the order in which they come.
 *
 * @throws the first error of `work`, when all that had been started has ended; no further input is
 * asked for then.
 */
export async function inParallel<Input>(
  inputs: AsyncGenerator<Input, void, undefined>,
  slots: Slots,
  work: (input: Input) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const running = new Set<Promise<void>>();
  const run = async (input: Input) => {
    await work(input).catch((error: unknown) => errors.push(error));
    slots.giveBack();
  };
  for (;;) {
    await slots.take();
    const next = errors.length > 0 ? undefined : await inputs.next();
    if (!next || next.done) break;
    const done = run(next.value).finally(() => running.delete(done));
    running.add(done);
  }
  slots.giveBack();
  await Promise.all(running);
  if (errors.length > 0) throw errors[0];
}
