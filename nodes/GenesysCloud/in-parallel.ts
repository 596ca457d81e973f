/**
 * Runs `work` on all inputs, at most `limit` at a time, started in order.
 *
 * @throws the first error of `work`, when all that had been started has ended; nothing further is
 * started then.
 */
export async function inParallel<Input>(
  inputs: readonly Input[],
  limit: number,
  work: (input: Input) => Promise<void>,
): Promise<void> {
  const waiting = inputs.values();
  const errors: unknown[] = [];
  const worker = async () => {
    for (const input of waiting) {
      await work(input).catch((error: unknown) => errors.push(error));
      if (errors.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, inputs.length) }, worker));
  if (errors.length > 0) throw errors[0];
}
