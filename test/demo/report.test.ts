import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import type { Execution } from '../../demo/our-workflow';
import { progressOf } from '../../demo/progress';
import * as report from '../../demo/report';
import type { Round } from '../../demo/round';
import { tally } from '../../demo/tally';
import { attributesAtStart, listOf, updates } from '../../demo/update';
import { foreignUpdates } from '../../demo/other-systems';
import { oversights } from '../../demo/verdict';
import type { JournalEntry, Simulator } from '../../simulator';
import { startSimulator } from '../../simulator';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
});

/** A round in which everything went wrong that has a number in the report. */
function worst(): Round<Execution> {
  const call = simulator.addCall({ attributes: attributesAtStart });
  const half = [...updates, ...foreignUpdates].filter((_, index) => index % 2 === 0);
  call.customer.write(Object.fromEntries(half.map(({ name, value }) => [name, value])));
  call.customer.write(Object.fromEntries(half.map(({ name }) => [name, 'other'])));
  for (let change = 0; change < 99; change += 1) call.changeState();
  const request = { kind: 'write', status: 409 } as JournalEntry;
  return {
    call,
    results: updates.map((update) => ({
      update,
      outcome: 'indeterminate',
      attempts: 1000,
      conflicts: 1000,
      batchSize: 12,
      waitedMs: 13_000,
      elapsedMs: 13_000,
      error: '',
    })),
    ours: tally(call.customer, updates),
    others: tally(call.customer, foreignUpdates),
    atStart: tally(call.customer, listOf(attributesAtStart)),
    requests: [
      ...Array.from({ length: 999 }, () => request),
      ...Array.from({ length: 999 }, () => ({ ...request, kind: 'other' as const })),
    ],
  };
}

describe('what the demo prints', () => {
  it('fits 80 columns, also where much goes wrong', () => {
    const round = worst();
    const contestant = { name: '1 Retry On Fail', round, believedWritten: 12, seenByNextStep: 12 };
    const lines = [
      ...report.introduction(20),
      ...report.versionedApi(),
      ...report.publicApi(2000, { conflicts: 2, falseSuccesses: 2 }),
      ...report.heading('word '.repeat(40)),
      ...report.losses(round),
      ...report.executions(round.results),
      ...report.comparison([contestant]),
      ...report.publicComparison([contestant]),
      ...report.finalAttributes(round),
      ...report.callState(round),
      `  ${progressOf(round.call, round.requests, 9900)}`,
    ].map(stripVTControlCharacters);
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    // By words: none of them is cut.
    expect(lines.join(' ')).toContain('never written, 6 overwritten');
  });

  it('complains of an update that the next step did not see', () => {
    const round = worst();
    const seen = (count: number) => ({
      ...round,
      results: round.results.map((result, index) => ({ result, seen: index < count })),
    });
    expect(oversights(seen(12))).toEqual([]);
    expect(oversights(seen(11))).toEqual(['After 1 of 12 updates a read did not show it.']);
  });
});
