import type { BenchOptions, Check, Section, Table } from '../section';
import { spreadOf, spreadText } from '../spread';
import { type Costs, measureAlone } from './alone';
import { type Crowds, startCrowds, stopCrowds, type Way, ways } from './crowd';
import { type SecureSimulator, startSecureSimulator } from './secure-simulator';
import { type Clash, clash } from './together';

const ROUND_TRIP_MS = 40;

const FULL = { writers: 10, rounds: 25, updatesEach: 4 };
const QUICK = { writers: 3, rounds: 5, updatesEach: 2 };

const NAMES: Record<Way, string> = {
  ours: 'this package',
  helper: 'n8n’s request helper',
  bare: 'bare undici',
};

/** Without TCP's handshake on the line, a new connection costs less than in life. */
const MOST_OF_THE_WINDOW = { delayed: 0.5, undelayed: 0.55 };
const MOST_TIMES_BARE = 1.15;

type AllCosts = Record<Way, Costs>;

const OURS = `${NAMES.ours}, adaptive`;
const HELPER = `${NAMES.helper}, full jitter`;

/** Who writes in a clash, and how they wait after a conflict. */
const RIVALS = [
  { title: OURS, way: 'ours', strategy: 'adaptive' },
  { title: `${NAMES.ours}, full jitter`, way: 'ours', strategy: 'fullJitter' },
  { title: HELPER, way: 'helper', strategy: 'fullJitter' },
  { title: `${NAMES.bare}, full jitter`, way: 'bare', strategy: 'fullJitter' },
] as const;

/** One update cycle over TLS and a line of some length, sent in three ways. */
export async function realHttp({ quick }: BenchOptions): Promise<Section> {
  const plan = quick ? QUICK : FULL;
  const secure = await startSecureSimulator(ROUND_TRIP_MS);
  try {
    const crowds = await startCrowds(plan.writers, secure);
    try {
      return await measure(secure, crowds, plan, quick);
    } finally {
      await stopCrowds(crowds);
    }
  } finally {
    await secure.close();
  }
}

async function measure(
  secure: SecureSimulator,
  crowds: Crowds,
  plan: typeof FULL,
  quick: boolean,
): Promise<Section> {
  const delayedLine = secure.account({ delaysHandshake: true });
  const delayed = await measureAlone(secure, delayedLine, crowds, plan.rounds);
  const undelayed = await measureAlone(
    secure,
    secure.account({ delaysHandshake: false }),
    crowds,
    plan.rounds,
  );
  const clashes: Rivalry[] = [];
  for (const rival of RIVALS) {
    const options = { updatesEach: plan.updatesEach, strategy: rival.strategy };
    const outcome = await clash(secure, delayedLine, crowds[rival.way], options);
    clashes.push({ title: rival.title, outcome });
  }
  return {
    title: 'Real HTTP',
    intro:
      `One update cycle (read the participant, write it back under its version) over TLS on loopback, ` +
      `with ${ROUND_TRIP_MS} ms of round trip put in between. The ways take turns in one run, each in ` +
      `a process of its own, ${plan.rounds} measured updates each, of a new participant every time. ` +
      'This package is its client, store and lanes as the node uses them; n8n’s request helper is ' +
      'called in an execute context of n8n’s engine as the HTTP Request node calls it, with the ' +
      'credential of this package. Neither has the work of n8n’s engine for an item around it. Bare ' +
      'undici is a kept-alive Agent and nothing else. Medians (and quartiles).',
    tables: [
      costsTable('TCP’s handshake takes a round trip, too', delayed),
      costsTable('TCP’s handshake is not delayed', undelayed),
      clashTable(plan, clashes),
    ],
    checks: [
      windowCheck('with the handshake delayed', delayed, MOST_OF_THE_WINDOW.delayed),
      windowCheck('with the handshake not delayed', undelayed, MOST_OF_THE_WINDOW.undelayed),
      timeCheck([delayed, undelayed]),
      conflictsCheck(clashes),
    ],
    notes: [
      'Window: from the arrival of the read, which the simulator answers at once, to the arrival of ' +
        'the write; in this time others can get in between. CPU: of the writer’s process, from one ' +
        'answer to the next, so that closing connections counts.',
      'The proxy accepts connections at once. Where the handshake is delayed, it holds back the first ' +
        'bytes of a new connection by one round trip, which comes to the same for a client that speaks first.',
      ...(quick
        ? [`Quick: ${QUICK.writers} writers instead of ${FULL.writers}, and fewer updates.`]
        : []),
    ],
  };
}

function costsTable(title: string, costs: AllCosts): Table {
  return {
    title,
    columns: ['way', 'read-to-write window, ms', 'time per update, ms', 'CPU per update, ms'],
    rows: ways.map((way) => [
      NAMES[way],
      spreadText(spreadOf(costs[way].windowMs)),
      spreadText(spreadOf(costs[way].updateMs)),
      spreadText(spreadOf(costs[way].cpuMs)),
    ]),
  };
}

interface Rivalry {
  readonly title: string;
  readonly outcome: Clash;
}

function clashTable({ writers, updatesEach }: typeof FULL, rivalries: readonly Rivalry[]): Table {
  return {
    title: `${writers} processes write to one participant, ${updatesEach} updates each (handshake delayed)`,
    columns: ['way', 'updates', 'conflicts', 'requests per update', 'makespan, ms'],
    rows: rivalries.map(({ title, outcome: { updates, conflicts, requests, makespanMs } }) => [
      title,
      String(updates),
      String(conflicts),
      (requests / updates).toFixed(2),
      String(makespanMs),
    ]),
  };
}

function windowCheck(where: string, { ours, helper }: AllCosts, most: number): Check {
  const ratio = spreadOf(ours.windowMs).median / spreadOf(helper.windowMs).median;
  return {
    goal: `Window at most ${most} × the helper’s, ${where}`,
    measured: `${ratio.toFixed(2)} ×`,
    met: ratio <= most,
  };
}

/** In pairs of the same round, for other load on the machine comes and goes. No connection is new to either. */
function timeCheck(lines: readonly AllCosts[]): Check {
  const ratios = spreadOf(
    lines.flatMap(({ ours, bare }) =>
      ours.updateMs.map((ms, round) => ms / (bare.updateMs[round] ?? NaN)),
    ),
  );
  return {
    goal: `Time per update at most ${MOST_TIMES_BARE} × bare undici’s, in the same round`,
    measured: `${spreadText(ratios, 2)} ×`,
    met: ratios.median <= MOST_TIMES_BARE,
  };
}

function conflictsCheck(rivalries: readonly Rivalry[]): Check {
  const conflictsOf = (wanted: string) =>
    rivalries.find(({ title }) => title === wanted)?.outcome.conflicts ?? NaN;
  const ours = conflictsOf(OURS);
  const helper = conflictsOf(HELPER);
  return {
    goal: 'Fewer conflicts than the helper',
    measured: `${ours} against ${helper}`,
    met: ours < helper,
  };
}
