import { join } from 'node:path';

import type { Simulator } from '../../simulator';
import type { Child } from '../child';
import { type Execution, withEngine } from '../in-engine';
import type { Measured } from './process';

const ITEMS_PER_PARTICIPANT = 10;
/** For the code to be compiled before anything is measured. */
const WARM_UP_ITEMS = 1000;

/** One execution of the node, and what it took. */
export interface Run {
  readonly items: number;
  readonly participants: number;
  readonly requests: number;
  readonly conflicts: number;
  readonly msPerItem: number;
  /** CPU time, in ms. */
  readonly cpuMsPerItem: number;
  /** The most that the heap grew to, garbage included, in bytes. */
  readonly peakBytesPerItem: number;
  /** What the execution still held at its end, in bytes. */
  readonly heldBytesPerItem: number;
}

/**
 * Runs executions of so many items, one after the other, in an engine that has a process of its own,
 * as n8n has.
 */
export async function runAll(simulator: Simulator, sizes: readonly number[]): Promise<Run[]> {
  const file = join(__dirname, 'process.ts');
  return await withEngine<Execution, Measured, Run[]>(file, async (engine) => {
    await execute(simulator, engine, WARM_UP_ITEMS);
    const runs: Run[] = [];
    for (const size of sizes) runs.push(await execute(simulator, engine, size));
    return runs;
  });
}

async function execute(
  simulator: Simulator,
  engine: Child<Execution, Measured>,
  size: number,
): Promise<Run> {
  const { url, clientId, clientSecret, journal } = simulator;
  const participants = size / ITEMS_PER_PARTICIPANT;
  const calls = Array.from({ length: participants }, () => simulator.addCall());
  journal.clear();
  const { written, elapsedMs, cpuMs, peakBytes, heldBytes } = await engine.ask({
    url,
    clientId,
    clientSecret,
    // The items of one participant lie far apart, and each sets another attribute.
    items: Array.from({ length: ITEMS_PER_PARTICIPANT }, (_, index) =>
      calls.map(({ conversationId, customer }) => ({
        conversationId,
        participantId: customer.id,
        name: `attribute_${index}`,
      })),
    ).flat(),
  });
  if (written !== size) throw new Error(`${written} of ${size} items were written`);
  return {
    items: size,
    participants,
    requests: journal.reads().length + journal.writes().length,
    conflicts: journal.writes().filter(({ status }) => status === 409).length,
    msPerItem: elapsedMs / size,
    cpuMsPerItem: cpuMs / size,
    peakBytesPerItem: peakBytes / size,
    heldBytesPerItem: heldBytes / size,
  };
}
