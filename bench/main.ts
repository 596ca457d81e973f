import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { format, resolveConfig } from 'prettier';

import { freezes } from './freezes/index';
import { gathering } from './gathering/index';
import { herdChart } from './herd/chart';
import { herd, runHerds } from './herd/index';
import { lanes } from './lanes/index';
import { life } from './life/index';
import { publicApi } from './public-api/index';
import { realHttp } from './real-http/index';
import { report } from './report';
import { scale } from './scale/index';
import type { BenchOptions, Section } from './section';

/** All sections, in the order of the report. Those on virtual time are the same on every machine. */
const sections: readonly ((options: BenchOptions, folder: string) => Promise<Section>)[] = [
  async (options, folder) => {
    const crowds = await runHerds(options);
    await writeFile(join(folder, 'herd.svg'), herdChart(crowds));
    return herd(crowds);
  },
  life,
  lanes,
  gathering,
  realHttp,
  publicApi,
  scale,
  freezes,
];

async function main(): Promise<void> {
  const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;
  // A first look does not overwrite the results that README shows.
  const folder = quick ? join('tmp', 'bench') : 'bench';
  await mkdir(folder, { recursive: true });
  const startedAt = performance.now();
  const results: Section[] = [];
  for (const run of sections) {
    const section = await run({ quick }, folder);
    results.push(section);
    show(section);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const [cpu] = cpus();
  const text = report(results, {
    quick,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores (${cpu?.model ?? 'unknown'}), Node ${process.version}`,
    seconds,
  });
  const file = join(folder, 'results.md');
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  process.stdout.write(`\n${seconds.toFixed(0)} s. Everything is in ${file}.\n`);
}

function show({ title, checks }: Section): void {
  process.stdout.write(`${title}\n`);
  for (const { goal, measured, met } of checks) {
    process.stdout.write(`  ${met ? 'met   ' : 'MISSED'} ${goal}: ${measured}\n`);
  }
}

void main();
