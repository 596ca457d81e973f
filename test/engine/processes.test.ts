import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { ProcessSettings } from './process';
import { simulatorForEachTest } from './set-up';

const execute = promisify(execFile);
const ten = Array.from({ length: 10 }, (_, index) => index);

interface Outcome {
  readonly outcome: string;
  readonly attempts: number;
  readonly conflicts: number;
}

/** Fails where the process does not end by itself. */
async function runProcess(settings: ProcessSettings): Promise<Outcome[]> {
  const script = join(__dirname, 'process.ts');
  const { stdout } = await execute(
    process.execPath,
    ['--import', 'tsx', script, JSON.stringify(settings)],
    { timeout: 50_000, killSignal: 'SIGKILL' },
  );
  return JSON.parse(stdout) as Outcome[];
}

describe('Ten processes with ten updates each of one participant', () => {
  const simulator = simulatorForEachTest({ latencyMs: 40 });

  it('lose none of them, and end when they are done', async () => {
    const call = simulator.current.addCall({ attributes: { lang: 'de' } });
    const { url, clientId, clientSecret, journal } = simulator.current;
    const startAt = Date.now() + 10_000;
    const outcomes = await Promise.all(
      ten.map((number) =>
        runProcess({
          url,
          clientId,
          clientSecret,
          conversationId: call.conversationId,
          participantId: call.customer.id,
          names: ten.map((index) => `p${number}.${index}`),
          startAt,
        }),
      ),
    );
    expect(outcomes.flat().map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 100 }, () => 'written'),
    );
    expect(Object.keys(call.customer.attributes)).toHaveLength(101);
    const applied = journal.writes().filter((write) => write.applied);
    // Ten writes with ten updates each; a lane may get its ten in two.
    expect(applied.length).toBeLessThanOrEqual(20);
    process.stdout.write(
      `10 processes x 10 updates: ${String((journal.reads().length + journal.writes().length) / 100)} requests an update\n`,
    );
  }, 90_000);
});
