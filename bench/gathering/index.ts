import { Lanes, strategies, type Target } from '../../core';
import { shown, withMargin } from '../format';
import { chanceOf } from '../model/contest';
import { normalLeg } from '../model/leg';
import { BOUNDS } from '../model/peers';
import { settled, TimelineClock } from '../model/promises';
import { Connection, ModelRecord } from '../model/record';
import { average, estimate, type Estimate, quantile } from '../model/statistics';
import { modelStore, ONE_CHANGE } from '../model/store';
import { Timeline } from '../model/timeline';
import type { BenchOptions, Check, Section } from '../section';

const ARRIVALS_A_SECOND = [1, 2, 5, 10, 20, 50];
const FOR_MS = 20_000;
const FIRST_SEED = 10_000;

/** An update waits so long for others at most, in ms; a little more for what the model rounds. */
const LONGEST_WAIT_MS = 751;

/** The median may be so much later, in ms, for having waited for others. */
const LATER_MS = 150;

interface Costs {
  readonly requests: Estimate;
  readonly medianMs: number;
  readonly nineOfTenMs: number;
  readonly longestWaitMs: number;
}

/** What it costs and brings to let updates of one record begin in groups, when they come all the time. */
export async function gathering({ quick }: BenchOptions): Promise<Section> {
  const seeds = quick ? 3 : 20;
  const rows: string[][] = [];
  const checks: Check[] = [];
  for (const rate of ARRIVALS_A_SECOND) {
    const apart = await measure(rate, seeds);
    const gathered = await measure(rate, seeds, { name: 'the record' });
    rows.push([
      `${rate}`,
      ...[apart, gathered].flatMap(({ requests, medianMs, nineOfTenMs }) => [
        withMargin(requests),
        shown(medianMs),
        shown(nineOfTenMs),
      ]),
    ]);
    checks.push({
      goal: `${rate} updates a second: none waits for more than 750 ms for others`,
      measured: `${shown(gathered.longestWaitMs)} ms`,
      met: gathered.longestWaitMs <= LONGEST_WAIT_MS,
    });
    const laterMs = gathered.medianMs - apart.medianMs;
    checks.push({
      goal: `${rate} updates a second: the median is at most ${LATER_MS} ms later`,
      measured: `${shown(laterMs)} ms`,
      met: laterMs <= LATER_MS,
    });
    if (rate >= 20) {
      const ratio = gathered.requests.mean / apart.requests.mean;
      const measured = `${ratio.toFixed(2)} ×`;
      checks.push({
        goal: `${rate} updates a second: requests ≤ 0.50 ×`,
        measured,
        met: ratio <= 0.5,
      });
    }
  }
  return {
    title: 'Gathering',
    intro: `Updates of one record, known by its ID, that come at random (a Poisson process) for ${FOR_MS / 1000} s in one process: each by itself, and gathered when they come all the time. This package's own lanes on virtual time, legs |N(20, 4)| ms. The time to commit is from the call of an update to its end.`,
    tables: [
      {
        title: 'Time to commit against requests',
        columns: [
          'updates a second',
          'requests per update, each by itself',
          'median (ms)',
          'nine of ten (ms)',
          'requests per update, gathered',
          'median (ms)',
          'nine of ten (ms)',
        ],
        rows,
      },
    ],
    checks,
  };
}

async function measure(rate: number, seeds: number, target?: Target): Promise<Costs> {
  const runs = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
    runs.push(await run(rate, seed, target));
  }
  return {
    requests: estimate(runs.map(({ requests, updates }) => requests / updates.length)),
    medianMs: average(runs.map(({ updates }) => quantile(tookMs(updates), 0.5))),
    nineOfTenMs: average(runs.map(({ updates }) => quantile(tookMs(updates), 0.9))),
    longestWaitMs: Math.max(...runs.map(({ longestWaitMs }) => longestWaitMs)),
  };
}

interface Timed {
  readonly tookMs: number;
}

function tookMs(updates: readonly Timed[]): readonly number[] {
  return updates.map((update) => update.tookMs);
}

async function run(rate: number, seed: number, target: Target | undefined) {
  const timeline = new Timeline();
  const clock = new TimelineClock(timeline);
  const record = new ModelRecord();
  const chance = chanceOf(seed, 0, 'legs');
  const connection = new Connection(timeline, normalLeg(20, 4), chance);
  const lanes = new Lanes<null, null>({ clock, random: chanceOf(seed, 0, 'waits') });
  const policy = {
    maxAttempts: 30,
    totalTimeoutMs: 30_000,
    requestTimeoutMs: 10_000,
    backoff: strategies.adaptive(BOUNDS),
  };
  const located = { key: 'the record', store: modelStore(record, connection) };
  let longestWaitMs = 0;
  const update = async (at: number): Promise<Timed> => {
    await clock.sleep(at);
    const calledAt = clock.now();
    const locate = () => {
      longestWaitMs = Math.max(longestWaitMs, clock.now() - calledAt);
      return Promise.resolve(located);
    };
    await lanes.update(locate, ONE_CHANGE, policy, undefined, target);
    return { tookMs: clock.now() - calledAt };
  };
  const arrivals = chanceOf(seed, 1, 'legs');
  const all: Promise<Timed>[] = [];
  for (let at = gapMs(); at < FOR_MS; at += gapMs()) all.push(update(at));
  const updates = await settled(timeline, Promise.all(all));
  return { updates, requests: record.reads + record.writes, longestWaitMs };

  function gapMs(): number {
    return (-Math.log(1 - arrivals()) * 1000) / rate;
  }
}
