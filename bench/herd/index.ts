import { atMost, percent, shown, withMargin } from '../format';
import { normalLeg } from '../model/leg';
import type { Peer } from '../model/pacer';
import * as peers from '../model/peers';
import { type Series, series } from '../model/series';
import type { BenchOptions, Check, Section, Table } from '../section';

/** Of a message, in ms. */
const LEG_MS = 10;
/** From a read to its write at best: the reply and the write are on their way. */
const WINDOW_MS = 2 * LEG_MS;

const LEG = normalLeg(LEG_MS, 2);

const PEERS: readonly Peer[] = [
  peers.adaptive,
  peers.none,
  peers.exponential,
  peers.equal,
  peers.full,
  peers.decorrelated,
  peers.clientGoRetry,
  peers.clientGoRetryUncapped,
  peers.clientGoBackoff,
  peers.clientGoBackoffUncapped,
  peers.pRetryAsShipped,
  peers.cockatielAsShipped,
  peers.versionGap,
  peers.oracle,
];

/** What every peer did with a crowd. */
export interface Crowd {
  readonly writers: number;
  readonly results: ReadonlyMap<Peer, Series>;
}

/** The contest of the AWS backoff simulator: all start together, each commits once. */
export async function runHerds({ quick }: BenchOptions): Promise<Crowd[]> {
  const crowds: Crowd[] = [];
  for (const writers of quick ? [1, 2, 5, 10, 20, 50] : [1, 2, 5, 10, 20, 50, 100, 200]) {
    const results = new Map<Peer, Series>();
    for (const peer of PEERS) {
      const entrants = Array.from({ length: writers }, () => ({ peer, leg: LEG, startsAt: 0 }));
      // Small crowds differ most from run to run, and cost least.
      const seeds = quick ? 60 : writers > 20 ? 300 : 1000;
      results.set(peer, await series(seeds, () => ({ entrants })));
    }
    crowds.push({ writers, results });
  }
  return crowds;
}

/** The section about {@link runHerds}. */
export function herd(crowds: readonly Crowd[]): Section {
  return {
    title: 'Herd',
    intro:
      "The model of the AWS backoff simulator: N writers start together and each commits once. A message takes |N(10, 2)| ms, base delay 5 ms, cap 2000 ms. Virtual time; the same seeds for all peers; ± is the 95 % interval of the mean over the runs (1000 runs up to N = 20, then 300; 60 with `--quick`). Fairness is Jain's index of the times to commit: where one after the other commits at an even pace it is about 0.75.",
    tables: crowds.map(table),
    checks: crowds.flatMap(checks),
    notes: [
      'client-go, p-retry and cockatiel are as shipped: `DefaultRetry` gives up after 5 attempts, `DefaultBackoff` after 4, p-retry after 11. Their writes per commit count those of the writers that gave up. p-retry and cockatiel are the libraries themselves, with their own loops and waits, on virtual timers.',
      '*oracle* knows how many still contend, which no client can. *theory* is what no strategy beats: N simultaneous writers need 2N − 1 writes and N times the read-to-write time. The two exclude each other: for sleep-then-try (writes − 1) × (makespan ÷ (N × 20 ms) − 1) = 1, plus the first write of the herd; *theory at that makespan* is what it leaves at the makespan of adaptive.',
      'Beyond N = 100, writers still wait for the part of the crowd they know of, so the ratios hold; no goal was set there.',
    ],
  };
}

function table({ writers, results }: Crowd): Table {
  const rows = [...results].map(([peer, result]) => [
    peer.name,
    withMargin(result.writes),
    withMargin(result.requests),
    withMargin(result.makespanMs),
    shown(result.p50Ms),
    shown(result.p99Ms),
    percent(result.gaveUp),
    withMargin(result.fairness),
  ]);
  return {
    title: `N = ${writers}`,
    columns: [
      'strategy',
      'writes per commit',
      'requests per commit',
      'makespan (ms)',
      'p50 (ms)',
      'p99 (ms)',
      'gave up',
      'fairness',
    ],
    rows: [...rows, ...theory(writers, of(results, peers.adaptive).makespanMs.mean)],
  };
}

function theory(writers: number, makespanMs: number): string[][] {
  const least = (2 * writers - 1) / writers;
  const fastestMs = writers * WINDOW_MS + 2 * LEG_MS;
  const row = (name: string, writes: number, ms: number) => [
    ...[name, shown(writes), '', shown(ms), '', '', '', ''],
  ];
  const rows = [row('theory', least, fastestMs)];
  const slack = makespanMs / (writers * WINDOW_MS) - 1;
  if (writers >= 5) {
    const writes = 1 + 1 / slack + (writers - 1) / writers;
    rows.push(row('theory at that makespan', writes, makespanMs));
  }
  return rows;
}

function checks({ writers, results }: Crowd): Check[] {
  const ours = of(results, peers.adaptive);
  const full = of(results, peers.full);
  const decorrelated = of(results, peers.decorrelated);
  const name = `N = ${writers}`;
  if (writers === 1) {
    const met = ours.requests.mean === 2 && ours.writes.mean === 1 && ours.p99Ms < 80;
    return [
      {
        goal: `${name}: one read, one write, no wait`,
        measured: `${shown(ours.requests.mean)} requests, ${shown(ours.makespanMs.mean)} ms for four messages`,
        met,
      },
    ];
  }
  if (writers === 2) {
    return [
      atMost(`${name}: makespan to full jitter's`, 1.2, ours.makespanMs.mean, full.makespanMs.mean),
    ];
  }
  if (writers > 100) return [];
  const better = Math.min(full.makespanMs.mean, decorrelated.makespanMs.mean);
  return [
    atMost(`${name}: writes per commit to full jitter's`, 0.8, ours.writes.mean, full.writes.mean),
    atMost(
      `${name}: makespan to the better of full and decorrelated`,
      1,
      ours.makespanMs.mean,
      better,
    ),
    { goal: `${name}: nobody gives up`, measured: percent(ours.gaveUp), met: ours.gaveUp === 0 },
  ];
}

/** What a peer that takes part did. */
export function of(results: ReadonlyMap<Peer, Series>, peer: Peer): Series {
  const result = results.get(peer);
  if (!result) throw new Error(`${peer.name} did not take part.`);
  return result;
}
