import { seededRandom, VirtualClock } from '../../virtual-clock';
import type { Scenario } from '../scenario';
import { stage } from '../stage';
import type { PatchImplementation, PatchUpdater } from './implementation';
import type { PatchLog } from './log';
import type { PatchOperation } from './operation';
import { type Lag, PatchServer } from './server';

/** Everything that is planned before a run. */
export interface PatchScenario extends Omit<Scenario, 'carriesCurrent'> {
  readonly lag: Lag;
}

/** What a run leaves behind. */
export interface PatchRecording {
  /** In the order of the callers. */
  readonly history: readonly PatchOperation[];
  readonly journal: PatchLog;
}

/** Plays a scenario, and goes on until all that is on its way has arrived. */
export async function play(
  scenario: PatchScenario,
  implementation: PatchImplementation,
): Promise<PatchRecording> {
  const clock = new VirtualClock();
  const random = seededRandom(scenario.seed);
  const records = ['r0', 'r1'];
  const server = new PatchServer(clock, random, { ...scenario, records });
  const updaters = new Map<string, PatchUpdater>();
  const updaterOf = (client: string) => {
    const known = updaters.get(client) ?? implementation({ clock, random });
    updaters.set(client, known);
    return known;
  };
  const history = await stage(clock, scenario, server, async (caller, signal) => {
    const { client, record, call, policy } = caller;
    const target = { key: record, store: server.store(client, record) };
    return await updaterOf(client)(target, call, policy, signal);
  });
  return { history, journal: server.journal };
}
