/**
 * Runs `work` on all inputs, at most `limit` at a time, in the order in which they come.
 *
 * @throws the first error of `work`, when all that had been started has ended; no further input is
 * asked for then.
 */
export async function inParallel<Input>(
  inputs: AsyncGenerator<Input>,
  limit: number,
  work: (input: Input) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const worker = async () => {
    for await (const input of inputs) {
      await work(input).catch((error: unknown) => errors.push(error));
      if (errors.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (errors.length > 0) throw errors[0];
}
