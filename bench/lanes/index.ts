import { type Backoff, Lanes, strategies } from '../../core';
import { shown, withMargin } from '../format';
import { chanceOf } from '../model/contest';
import { normalLeg } from '../model/leg';
import { BOUNDS } from '../model/peers';
import { settled, TimelineClock } from '../model/promises';
import { Connection, ModelRecord } from '../model/record';
import { estimate, type Estimate } from '../model/statistics';
import { modelStore, ONE_CHANGE } from '../model/store';
import { Timeline } from '../model/timeline';
import type { BenchOptions, Section } from '../section';

const UPDATES = 100;
const FIRST_SEED = 10_000;

interface Outcome {
  readonly requests: Estimate;
  readonly writes: Estimate;
  readonly makespanMs: Estimate;
}

/** How many requests updates of one record cost when they meet in so many processes. */
export async function lanes({ quick }: BenchOptions): Promise<Section> {
  const rows: string[][] = [];
  for (const processes of [1, 2, 4, 10, 100]) {
    for (const name of ['adaptive', 'fullJitter'] as const) {
      const { requests, writes, makespanMs } = await measure(
        processes,
        strategies[name](BOUNDS),
        quick ? 5 : 50,
      );
      rows.push([
        `${processes}`,
        name,
        ...[requests, writes, makespanMs].map((figure) => withMargin(figure)),
        shown(UPDATES / (writes.mean * UPDATES)),
      ]);
    }
  }
  return {
    title: 'Lanes',
    intro: `${UPDATES} updates of one record that start together, spread over M processes: this package's own lanes on virtual time, legs |N(10, 2)| ms. Within a process one read and one write serve all; between processes the backoff decides.`,
    tables: [
      {
        title: `${UPDATES} updates in M processes`,
        columns: [
          'M',
          'strategy',
          'requests per update',
          'writes per update',
          'makespan (ms)',
          'updates per write',
        ],
        rows,
      },
    ],
    checks: [],
  };
}

async function measure(processes: number, backoff: Backoff, seeds: number): Promise<Outcome> {
  const runs = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
    runs.push(await run(processes, backoff, seed));
  }
  return {
    requests: estimate(runs.map(({ record }) => (record.reads + record.writes) / UPDATES)),
    writes: estimate(runs.map(({ record }) => record.writes / UPDATES)),
    makespanMs: estimate(runs.map(({ makespanMs }) => makespanMs)),
  };
}

async function run(processes: number, backoff: Backoff, seed: number) {
  const timeline = new Timeline();
  const clock = new TimelineClock(timeline);
  const record = new ModelRecord();
  const policy = {
    maxAttempts: 1000,
    totalTimeoutMs: 3_600_000,
    requestTimeoutMs: 60_000,
    backoff,
  };
  const updates = Array.from({ length: processes }, (_, index) => {
    const mine = new Lanes<null, null>({ clock, random: chanceOf(seed, index, 'waits') });
    const connection = new Connection(timeline, normalLeg(10, 2), chanceOf(seed, index, 'legs'));
    const located = { key: 'the record', store: modelStore(record, connection) };
    return Array.from(
      { length: UPDATES / processes },
      async () => await mine.update(() => Promise.resolve(located), ONE_CHANGE, policy),
    );
  });
  await settled(timeline, Promise.all(updates.flat()));
  return { record, makespanMs: timeline.now };
}
