import type { VirtualClock } from '../virtual-clock';
import type { Incident } from './fault';
import type { Timeline } from './journal';
import type { Operation } from './operation';
import type { Caller, Scenario } from './scenario';

/** Longer than anything can be on its way. */
const AFTERMATH_MS = 10_000;

/** What callers and incidents meet. */
interface Scene {
  readonly journal: Pick<Timeline, 'moment'>;
  befall(record: string, incident: Incident): void;
}

/**
 * Has all callers call and lets all incidents happen, each in its time, and goes on until all that is
 * on its way has arrived.
 *
 * @returns what became of the callers, in their order
 */
export async function stage<Told>(
  clock: VirtualClock,
  { callers, incidents }: Pick<Scenario, 'callers' | 'incidents'>,
  scene: Scene,
  call: (caller: Caller, signal: AbortSignal) => Promise<Told>,
): Promise<readonly Operation<Told>[]> {
  for (const { atMs, record, incident } of incidents) {
    clock.at(atMs, () => {
      scene.befall(record, incident);
    });
  }
  const history = await clock.run(
    Promise.all(callers.map(async (caller) => await play(clock, caller, scene, call))),
  );
  await clock.run(clock.sleep(AFTERMATH_MS));
  return history;
}

async function play<Told>(
  clock: VirtualClock,
  caller: Caller,
  { journal }: Scene,
  call: (caller: Caller, signal: AbortSignal) => Promise<Told>,
): Promise<Operation<Told>> {
  const { client, record, startMs, abortMs } = caller;
  const abort = new AbortController();
  if (abortMs !== undefined) {
    clock.at(abortMs, () => {
      abort.abort();
    });
  }
  await clock.sleep(startMs);
  const invoked = journal.moment();
  const invokedMs = clock.now();
  const outcome = await call(caller, abort.signal);
  return {
    client,
    record,
    call: caller.call,
    invoked,
    invokedMs,
    answered: journal.moment(),
    answeredMs: clock.now(),
    outcome,
  };
}
