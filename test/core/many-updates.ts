/**
 * Runs 100,000 updates of 1,000 records on the clock of the machine, through lanes, and prints as JSON
 * how many bytes of heap are in use after each tenth of them, and how many lanes are left in the end.
 * Run it with `--expose-gc`.
 */
import { StoreError, strategies, systemClock } from '../../core';
import { Lanes } from './flat';

const TENTHS = 10;
const ROUNDS_IN_A_TENTH = 10;
const RECORDS = 1000;

type State = Readonly<Record<'count', number>>;

const versions = new Map<string, { version: number; state: State }>();

/** A record in memory; one write in twenty meets a conflict. */
function storeOf(key: string) {
  let writes = 0;
  const read = () => versions.get(key) ?? { version: 1, state: { count: 0 } };
  return {
    versioned: true,
    read: () => Promise.resolve(read()),
    write: (next: State) => {
      if (++writes % 20 === 0) {
        return Promise.reject(new StoreError('409', { kind: 'conflict', namesVersion: true }));
      }
      const snapshot = { version: read().version + 1, state: next };
      versions.set(key, snapshot);
      return Promise.resolve({ snapshot });
    },
  };
}

const lanes = new Lanes<State, null>({ clock: systemClock, random: Math.random, freshMs: 20 });

async function update(key: string): Promise<void> {
  await lanes.update(
    () => Promise.resolve({ key, store: storeOf(key) }),
    {
      idempotent: false,
      apply: ({ state }) => ({ kind: 'write', next: { count: state.count + 1 }, report: null }),
    },
    {
      maxAttempts: 30,
      totalTimeoutMs: 30_000,
      requestTimeoutMs: 10_000,
      backoff: strategies.fixed({ baseMs: 1, maxMs: 1 }),
    },
  );
}

async function main(): Promise<void> {
  const heap: number[] = [];
  const signal = new AbortController();
  for (let tenth = 0; tenth < TENTHS; tenth++) {
    for (let round = 0; round < ROUNDS_IN_A_TENTH; round++) {
      await Promise.all(
        Array.from({ length: RECORDS }, async (_, record) => {
          await update(`record ${record}`);
        }),
      );
    }
    await systemClock.sleep(50, signal.signal);
    globalThis.gc?.();
    heap.push(process.memoryUsage().heapUsed);
  }
  const counts = [...versions.values()].reduce((sum, { state }) => sum + state.count, 0);
  process.stdout.write(JSON.stringify({ heap, counts, lanes: lanes.size }));
}

void main();
