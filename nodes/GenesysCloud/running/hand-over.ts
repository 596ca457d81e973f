import type { Slices } from '../../../genesys/limits/slices';

/** How an update ends that was handed over: never by rejecting, since it may be over before anybody looks. */
export type Ending = Promise<{ readonly error: unknown } | undefined>;

/**
 * Begins the updates of one record after the other. Those of one record go together, and cost one
 * read and one write: nothing is sent for them until all have begun, which may take several slices.
 *
 * @param hold keeps requests about a record from being sent, until what it returns is called
 * @param slices what the event loop has time for
 * @param update runs one update to its end; it is told whether it follows another one of its record
 * @param errors takes in how updates fail, and may be shared with other records of the run
 * @yields how the updates of one record end, in order. After an error no other record is begun.
 */
export async function* handOver<Request>(
  hold: (request: Request) => () => void,
  slices: Slices,
  records: Iterable<readonly Request[]>,
  update: (request: Request, follows: boolean) => Promise<void>,
  errors: unknown[] = [],
): AsyncGenerator<readonly Ending[], void, undefined> {
  const begin = async (request: Request, follows: boolean) => {
    try {
      await update(request, follows);
      return undefined;
    } catch (error) {
      errors.push(error);
      return { error };
    }
  };
  for (const requests of records) {
    if (errors.length > 0) return;
    const [first] = requests;
    if (!first) continue;
    const endings: Ending[] = [];
    const go = hold(first);
    try {
      for await (const request of slices.of(requests))
        endings.push(begin(request, request !== first));
    } finally {
      go();
    }
    yield endings;
  }
}

/** @throws the error of the first update that has failed, when all of them have ended. */
export async function allEnded(endings: readonly Ending[]): Promise<void> {
  const failure = (await Promise.all(endings)).find((ending) => ending !== undefined);
  if (failure) throw failure.error;
}
