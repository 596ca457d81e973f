import pRetry from 'p-retry';

/** Thrown by a turn while anybody still waits, so that p-retry goes on. One will do: making an error takes time. */
const STILL_WAITING = new (class StillWaiting extends Error {})();

/**
 * Takes turn after turn, as long as they say that there is to be another one. The waits between them
 * are the turns' own, on the injected clock.
 *
 * @throws what a turn throws
 */
export async function takeTurns(turn: () => Promise<boolean>): Promise<void> {
  const takeOne = async () => {
    if (await turn()) throw STILL_WAITING;
  };
  await pRetry(takeOne, {
    retries: Infinity,
    minTimeout: 0,
    shouldRetry: ({ error }) => error === STILL_WAITING,
  });
}
