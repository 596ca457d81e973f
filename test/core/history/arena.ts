import { UpdateError } from '../../../core';
import { seededRandom, VirtualClock } from '../virtual-clock';
import { changeOf } from './call-change';
import type { Implementation, Updater } from './implementation';
import type { Journal } from './journal';
import { ModelServer } from './model-server';
import { COUNT, countOf, type Operation, type Outcome } from './operation';
import type { Scenario } from './scenario';
import { stage } from './stage';

/** What a run leaves behind. */
export interface Recording {
  /** In the order of the callers. */
  readonly history: readonly Operation[];
  readonly journal: Journal;
}

/** Plays a scenario, and goes on until all that is on its way has arrived. */
export async function play(scenario: Scenario, implementation: Implementation): Promise<Recording> {
  const clock = new VirtualClock();
  const random = seededRandom(scenario.seed);
  const server = new ModelServer(clock, random, {
    records: ['r0', 'r1'],
    content: scenario.content,
    faults: scenario.faults,
    carriesCurrent: scenario.carriesCurrent,
  });
  const updaters = new Map<string, Updater>();
  const updaterOf = (client: string) => {
    const known = updaters.get(client) ?? implementation({ clock, random });
    updaters.set(client, known);
    return known;
  };
  const history = await stage(clock, scenario, server, async (caller, signal) => {
    const { client, record, call, policy } = caller;
    const target = { key: record, store: server.store(client, record) };
    const run = updaterOf(client);
    return await outcomeOf(async () => await run(target, changeOf(call), policy, signal, call));
  });
  return { history, journal: server.journal };
}

async function outcomeOf(run: () => ReturnType<Updater>): Promise<Outcome> {
  try {
    const { outcome, report, snapshot } = await run();
    return outcome === 'unchanged'
      ? { kind: 'unchanged', found: report, shows: snapshot }
      : {
          kind: 'written',
          shows: snapshot,
          ...(COUNT in report && { counted: countOf(report) }),
        };
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
    // It has taken effect, but was overwritten and not brought about again, or nobody has seen it yet.
    if (error.written || error.accepted) return { kind: 'unknown' };
    const failure = error.lastFailure?.failure;
    switch (error.reason) {
      case 'indeterminate':
        return { kind: 'unknown' };
      case 'refused':
        return { kind: 'refused', found: error.message };
      case 'permanent':
        return failure?.kind === 'permanent' && failure.isAbsent
          ? { kind: 'failed', reason: error.reason, isAbsent: true }
          : { kind: 'failed', reason: error.reason };
      default:
        return { kind: 'failed', reason: error.reason };
    }
  }
}
