import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const MEBIBYTE = 2 ** 20;

describe('A hundred thousand updates', () => {
  it('leave the heap as it was, no lane, and nothing that keeps the process alive', async () => {
    // Fails where the process does not end by itself.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', join(__dirname, 'many-updates.ts')],
      { timeout: 100_000, killSignal: 'SIGKILL' },
    );
    const { counts, heap, lanes } = JSON.parse(stdout) as {
      counts: number;
      heap: number[];
      lanes: number;
    };
    expect(counts).toBe(100_000);
    expect(lanes).toBe(0);
    const [, second = 0, ...later] = heap;
    expect(Math.max(...later) - second).toBeLessThan(MEBIBYTE);
  }, 120_000);
});
