import { atMost, percent, shown, withMargin } from '../format';
import type { Contest, Entrant, Finish } from '../model/contest';
import { type Leg, logNormalLeg, normalLeg } from '../model/leg';
import type { Peer } from '../model/pacer';
import * as peers from '../model/peers';
import { seededRandom, untilNext } from '../model/random';
import { type Series, series } from '../model/series';
import type { BenchOptions, Check, Section, Table } from '../section';

const NEAR = normalLeg(10, 2);
const FAR = normalLeg(50, 10);
const UNEVEN = logNormalLeg(40, 0.5);
/** Of near clients, in ms; from a read to its write it takes as long. */
const ROUND_TRIP_MS = 20;
const ARRIVALS = 200;

const PEERS: readonly Peer[] = [peers.adaptive, peers.none, peers.full, peers.decorrelated];

type Results = ReadonlyMap<Peer, Series>;
type Make = (peer: Peer) => (seed: number) => Omit<Contest, 'seed'>;
interface Part {
  readonly table: Table;
  readonly checks: readonly Check[];
}

const COLUMNS = ['strategy', 'writes per commit', 'mean (ms)', 'p50 (ms)', 'p99 (ms)'];

/** What is less tidy than a herd: uneven networks, arrivals, churn, distance, other strategies. */
export async function life({ quick }: BenchOptions): Promise<Section> {
  const scale = quick ? 0.12 : 1;
  const parts = [
    ...(await unevenRoundTrips(scale, quick ? [10, 20] : [10, 20, 50, 100])),
    ...(await churn(scale)),
    ...(await arrivals(scale)),
    ...(await amongFullJitter(scale)),
    ...(await nearAndFar(scale)),
  ];
  return {
    title: 'Life',
    intro:
      "The same model where it is less tidy, each on the same seeds for all strategies. Base delay 5 ms, cap 2000 ms; legs |N(10, 2)| ms where nothing else is said. Times are from a client's start to its commit. Nobody gives up here.",
    tables: parts.map(({ table }) => table),
    checks: parts.flatMap(({ checks }) => checks),
    notes: [
      'Churn is a Poisson process: at regular bumps of two a round trip no write could ever fit in between. Version-gap is not shown there: its window doubles without end.',
      'At a utilisation of 0.9 the crowd grows for as long as clients arrive, 200 in each run: every write that is spared costs time there, and no wait at all is fastest.',
      'Where adaptive pays: two writers that start together, and single conflicts, take up to 1.2 times as long as under full jitter, because half of those who met their first conflict stand back for what might be a crowd. With log-normal legs a herd of 10 is the closest call: fewer writes there cost time, and both goals are met with less than half a percent to spare.',
      "Tried while tuning, on seeds below 10,000, and rejected. The plain headcount (a crowd of 10 assumed at once, slots of one round trip, load 1.5): makespan 1.63 × full jitter's for two writers, 1.45 × with log-normal legs at N = 10, far clients 1.97 ×, arrivals at 0.3 1.25 ×. A higher load alone (2): 1.34, 1.22, 2.00 and 1.13 ×. A first wait of up to 1.8 round trips for everybody in place of the coin: two writers 1.19 ×, but 0.82 × the writes at N = 5. Waits from nothing to twice the mean: 1 to 2 points more makespan with log-normal legs. Forgetting old evidence: far clients 1.26 × among near full-jitter ones, no gain with arrivals. Counting at most one commit a slot without following the pace of the record: log-normal 1.19 ×.",
    ],
  };
}

async function unevenRoundTrips(scale: number, crowds: readonly number[]): Promise<Part[]> {
  const parts: Part[] = [];
  for (const writers of crowds) {
    const results = await all(seedsFor(20_000 / writers, scale), (peer) => () => ({
      entrants: crowd(writers, peer, UNEVEN),
    }));
    const ours = of(results, peers.adaptive);
    const full = of(results, peers.full);
    const better = Math.min(full.makespanMs.mean, of(results, peers.decorrelated).makespanMs.mean);
    const name = `Log-normal legs, N = ${writers}`;
    parts.push({
      table: {
        title: `${name}: mean 40 ms, σ 0.5, all start together`,
        columns: [...COLUMNS, 'makespan (ms)'],
        rows: [...results].map(([peer, result]) => [
          ...row(peer.name, result),
          withMargin(result.makespanMs),
        ]),
      },
      checks: [
        atMost(`${name}: writes to full jitter's`, 0.85, ours.writes.mean, full.writes.mean),
        atMost(
          `${name}: makespan to the better of full and decorrelated`,
          1.1,
          ours.makespanMs.mean,
          better,
        ),
      ],
    });
  }
  return parts;
}

async function churn(scale: number): Promise<Part[]> {
  const parts: Part[] = [];
  for (const clients of [1, 10]) {
    for (const rate of [0.25, 0.5, 1, 2]) {
      const results = await all(seedsFor(clients === 1 ? 5000 : 300, scale), (peer) => () => ({
        entrants: crowd(clients, peer, NEAR),
        churnPerMs: rate / ROUND_TRIP_MS,
      }));
      const ours = of(results, peers.adaptive);
      const best = Math.min(...others(results).map(({ p99Ms }) => p99Ms));
      const name = `${clients === 1 ? 'One client' : `${clients} clients`}, ${rate} bumps a round trip`;
      parts.push({
        table: plainTable(name, results),
        checks:
          clients === 1
            ? [atMost(`${name}: p99 time to the best peer's`, 1.5, ours.p99Ms, best)]
            : [],
      });
    }
  }
  return parts;
}

async function arrivals(scale: number): Promise<Part[]> {
  const parts: Part[] = [];
  for (const utilisation of [0.3, 0.6, 0.9]) {
    const results = await all(seedsFor(300, scale), (peer) => (seed) => ({
      entrants: arriving(peer, utilisation / ROUND_TRIP_MS, seed),
    }));
    const name = `Poisson arrivals, utilisation ${utilisation}`;
    const [ours, full] = [of(results, peers.adaptive), of(results, peers.full)];
    parts.push({
      table: plainTable(name, results),
      checks: [
        atMost(`${name}: mean time to full jitter's`, 1.1, ours.meanMs.mean, full.meanMs.mean),
      ],
    });
  }
  return parts;
}

async function amongFullJitter(scale: number): Promise<Part[]> {
  const rows: string[][] = [];
  const checks: Check[] = [];
  for (const [some, rest] of [
    [1, 9],
    [5, 5],
    [1, 49],
    [25, 25],
  ] as const) {
    const make = () => ({
      entrants: [...crowd(some, peers.adaptive, NEAR), ...crowd(rest, peers.full, NEAR)],
    });
    const seeds = seedsFor(some === 1 ? 3000 : 600, scale);
    const ours = await series(seeds, make, ({ entrant }) => entrant.peer === peers.adaptive);
    const theirs = await series(seeds, make, ({ entrant }) => entrant.peer === peers.full);
    const name = `${some} of ours among ${rest} with full jitter`;
    rows.push(
      [`${name}: ours`, ...row('', ours).slice(1)],
      [`${name}: theirs`, ...row('', theirs).slice(1)],
    );
    checks.push(atMost(`${name}: mean time to theirs`, 1.1, ours.meanMs.mean, theirs.meanMs.mean));
  }
  return [{ table: { title: 'Ours among full-jitter clients', columns: COLUMNS, rows }, checks }];
}

/** Far clients have five times the round trip, and five near ones can commit in each of theirs. */
async function nearAndFar(scale: number): Promise<Part[]> {
  const rows: string[][] = [];
  const means = new Map<string, number>();
  const seeds = seedsFor(600, scale);
  for (const [far, near] of [
    [peers.adaptive, peers.adaptive],
    [peers.full, peers.full],
    [peers.adaptive, peers.full],
  ] as const) {
    const make = () => ({ entrants: [...crowd(2, far, FAR), ...crowd(18, near, NEAR)] });
    const name = `far ${far.name}, near ${near.name}`;
    const ofLeg = async (leg: Leg) =>
      await series(seeds, make, ({ entrant }: Finish) => entrant.leg === leg);
    const farOnes = await ofLeg(FAR);
    rows.push(
      [`${name}: the far ones`, ...row('', farOnes).slice(1)],
      [`${name}: the near ones`, ...row('', await ofLeg(NEAR)).slice(1)],
    );
    means.set(name, farOnes.meanMs.mean);
  }
  const reference = means.get('far full jitter, near full jitter') ?? NaN;
  const checks = ['far adaptive, near adaptive', 'far adaptive, near full jitter'].map((name) =>
    atMost(
      `2 far and 18 near, ${name}: mean time of the far ones to that with full jitter everywhere`,
      1.1,
      means.get(name) ?? NaN,
      reference,
    ),
  );
  const title = '2 far clients (legs |N(50, 10)| ms) among 18 near ones';
  return [{ table: { title, columns: COLUMNS, rows }, checks }];
}

async function all(seeds: number, make: Make): Promise<Results> {
  const results = new Map<Peer, Series>();
  for (const peer of PEERS) results.set(peer, await series(seeds, make(peer)));
  return results;
}

function crowd(count: number, peer: Peer, leg: Leg): Entrant[] {
  return Array.from({ length: count }, () => ({ peer, leg, startsAt: 0 }));
}

function arriving(peer: Peer, perMs: number, seed: number): Entrant[] {
  // Nobody else's chance; see chanceOf.
  const random = seededRandom(seed * 4096 + 3);
  let startsAt = 0;
  return Array.from({ length: ARRIVALS }, () => {
    startsAt += untilNext(perMs, random);
    return { peer, leg: NEAR, startsAt };
  });
}

function seedsFor(count: number, scale: number): number {
  return Math.max(30, Math.round(count * scale));
}

function plainTable(title: string, results: Results): Table {
  return {
    title,
    columns: COLUMNS,
    rows: [...results].map(([peer, result]) => row(peer.name, result)),
  };
}

function row(name: string, { writes, meanMs, p50Ms, p99Ms, gaveUp }: Series): string[] {
  if (gaveUp > 0) throw new Error(`${percent(gaveUp)} of ${name} gave up.`);
  return [name, withMargin(writes), withMargin(meanMs), shown(p50Ms), shown(p99Ms)];
}

function of(results: Results, peer: Peer): Series {
  const result = results.get(peer);
  if (!result) throw new Error(`${peer.name} did not take part.`);
  return result;
}

function others(results: Results): Series[] {
  return [...results].filter(([peer]) => peer !== peers.adaptive).map(([, result]) => result);
}
