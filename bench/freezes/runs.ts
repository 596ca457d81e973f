import { join } from 'node:path';

import { type Simulator, startSimulator } from '../../simulator';
import type { Child } from '../child';
import { withEngine } from '../in-engine';
import type { NodeName } from './nodes';
import type { Execution, Measured } from './process';

const PROCESS = join(__dirname, 'process.ts');

/** For the code to be compiled before anything is measured. */
const WARM_UP_ITEMS = 1000;

/** How many attributes the items of one participant set, in turns. */
const ATTRIBUTES = 10;

/** What is measured together. */
export interface Case {
  readonly items: number;
  readonly participants: number;
  readonly node: NodeName;
}

export interface Run extends Case, Measured {
  readonly requests: number;
}

/** Runs one execution after the other in an engine that has a process of its own, as n8n has. */
export async function runAll(cases: readonly Case[]): Promise<Run[]> {
  const simulator = await startSimulator();
  try {
    return await withEngine<Execution, Measured, Run[]>(PROCESS, async (engine) => {
      for (const node of ['nothing', 'expressions', 'ours'] as const) {
        await execute(simulator, engine, { items: WARM_UP_ITEMS, participants: ATTRIBUTES, node });
      }
      const runs: Run[] = [];
      for (const one of cases) runs.push(await execute(simulator, engine, one));
      return runs;
    });
  } finally {
    await simulator.close();
  }
}

async function execute(
  simulator: Simulator,
  engine: Child<Execution, Measured>,
  one: Case,
): Promise<Run> {
  const { url, clientId, clientSecret, journal } = simulator;
  const calls = Array.from({ length: one.participants }, () => simulator.addCall());
  const itemsEach = one.items / one.participants;
  journal.clear();
  const measured = await engine.ask({
    node: one.node,
    url,
    clientId,
    clientSecret,
    items: calls.flatMap(({ conversationId, customer }) =>
      Array.from({ length: itemsEach }, (_, index) => ({
        conversationId,
        participantId: customer.id,
        name: `attribute_${index % ATTRIBUTES}`,
      })),
    ),
  });
  if (measured.succeeded !== one.items) {
    throw new Error(`${measured.succeeded} of ${one.items} items succeeded`);
  }
  return { ...one, ...measured, requests: journal.reads().length + journal.writes().length };
}
