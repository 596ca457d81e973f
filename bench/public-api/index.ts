import type { Lag } from '../../simulator';
import { shown } from '../format';
import type { BenchOptions, Check, Section } from '../section';
import { spreadOf, spreadText } from '../spread';
import type { Way } from './callers';
import { type Costs, type LagCosts, measureLag, type Plan, UPDATES_BEFORE } from './measure';

const ROUND_TRIP_MS = 50;
const REQUESTS_PER_MINUTE = 300;

const FULL: Plan = { callers: 4, updates: 15, rounds: 18, participants: 20 };
const QUICK: Plan = { ...FULL, updates: 5, rounds: 2 };

const MOST_REQUESTS = 3.3;
const MOST_READS_TOGETHER = 8;
const MOST_TIMES_THE_LAG = 1.3;

/** How far reads are behind, and the middle of that. */
interface Case {
  readonly title: string;
  readonly lag: Lag;
  readonly medianMs: number;
}

interface Measured extends Case {
  readonly costs: LagCosts;
}

const LOG_NORMAL = { median: 800, spread: 1.2 };

const CASES: readonly Case[] = [
  ...[0, 200, 800, 2000].map((ms) => ({ title: `${ms / 1000} s`, lag: ms, medianMs: ms })),
  { title: 'log-normal, 0.8 s', lag: LOG_NORMAL, medianMs: LOG_NORMAL.median },
];

const NAMES: Record<Way, string> = {
  id: 'this package, by ID',
  purpose: 'this package, by purpose',
  unseen: 'this package, not waiting',
  fixed: 'PATCH, wait 1 s, GET, compare',
};

const WAYS = ['id', 'purpose', 'fixed', 'unseen'] as const;

/** Updates by today's public API, which accepts a write and shows it later. */
export async function publicApi({ quick }: BenchOptions): Promise<Section> {
  const plan = quick ? QUICK : FULL;
  const cases = quick ? CASES.filter(isShort) : CASES;
  const measured = [
    // Where reads do not lag, what else the machine does would be what is measured.
    ...(await inTurn(cases.filter(isShort), plan)),
    ...(await Promise.all(
      cases.filter((one) => !isShort(one)).map(async (one) => await measure(one, plan)),
    )),
  ];
  return {
    title: 'Public API',
    intro:
      `PATCH answers "accepted", and reads show the value later: at a fixed lag, or at one that is ` +
      `drawn for each read (log-normal, two thirds within 1.2 times of the median). ` +
      `${plan.callers} callers, each with what a process of its own would remember, set an attribute ` +
      `of one new participant after the other; what is measured begins after ${UPDATES_BEFORE} ` +
      `updates. A round trip takes ${ROUND_TRIP_MS} ms. The time to confirm counts from the ` +
      `acceptance: medians (and quartiles).`,
    tables: [
      {
        title: 'One participant each',
        columns: COLUMNS,
        rows: measured.flatMap(({ title, costs }) =>
          WAYS.map((way) => [title, NAMES[way], ...figures(costs.alone[way])]),
        ),
      },
      {
        title: `${plan.participants} participants of one conversation at once`,
        columns: [...COLUMNS, 'reads, at most'],
        rows: measured.flatMap(({ title, costs }) =>
          (['id', 'purpose'] as const).map((way) => [
            title,
            NAMES[way],
            ...figures(costs.together[way]),
            String(costs.together[way].mostReads),
          ]),
        ),
      },
    ],
    checks: measured.flatMap(checksOf),
    notes: [
      'Without waiting, nothing tells when the value could be seen. "PATCH, wait 1 s, GET, compare" ' +
        'does not read before it writes: it knows nothing of a value that is there already, and ' +
        'nothing of who else has written.',
      ...(quick ? ['Quick: fewer updates, and short lags only.'] : []),
    ],
  };
}

function isShort({ medianMs }: Case): boolean {
  return medianMs < 800;
}

async function inTurn(cases: readonly Case[], plan: Plan): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const one of cases) measured.push(await measure(one, plan));
  return measured;
}

async function measure(one: Case, plan: Plan): Promise<Measured> {
  return { ...one, costs: await measureLag(one.lag, ROUND_TRIP_MS, plan) };
}

const COLUMNS = [
  'reads lag',
  'way',
  'requests an update',
  'time to confirm, ms',
  `updates a minute, of ${REQUESTS_PER_MINUTE} requests`,
];

function figures({ confirmedMs, requests, updates }: Costs): readonly string[] {
  const each = requests / updates;
  const time = spreadText(spreadOf(confirmedMs), 0);
  return [each.toFixed(2), time, shown(REQUESTS_PER_MINUTE / each)];
}

function checksOf({ costs: { alone, together }, medianMs, title }: Measured): readonly Check[] {
  return (['id', 'purpose'] as const).flatMap((way) => {
    const one = alone[way];
    const each = one.requests / one.updates;
    const { mostPatches, mostReads } = together[way];
    const by = way === 'id' ? 'ID' : 'purpose';
    return [
      {
        goal: `${title}, by ${by}: at most ${MOST_REQUESTS} requests an update`,
        measured: each.toFixed(2),
        met: each <= MOST_REQUESTS,
      },
      timeCheck(`${title}, by ${by}`, one, medianMs),
      {
        goal: `${title}, 20 of one conversation by ${by}: at most 20 PATCHes and ${MOST_READS_TOGETHER} reads`,
        measured: `${mostPatches} and ${mostReads}`,
        met: mostPatches <= 20 && mostReads <= MOST_READS_TOGETHER,
      },
      timeCheck(`${title}, 20 of one conversation by ${by}`, together[way], medianMs),
    ];
  });
}

function timeCheck(what: string, { confirmedMs }: Costs, lagMs: number): Check {
  const { median } = spreadOf(confirmedMs);
  return {
    goal: `${what}: confirmed after at most ${MOST_TIMES_THE_LAG} × the lag and two round trips`,
    measured: `${median.toFixed(0)} ms`,
    met: median <= MOST_TIMES_THE_LAG * lagMs + 2 * ROUND_TRIP_MS,
  };
}
