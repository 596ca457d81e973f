import type { BenchOptions, Check, Section } from '../section';
import { spreadOf } from '../spread';
import type { NodeName } from './nodes';
import { type Case, type Run, runAll } from './runs';

/** Items of one execution. */
interface Plan {
  readonly small: number;
  readonly large: number;
  /** So many only where it does not take too long. */
  readonly largest?: number;
  /** For the executions that take some seconds. */
  readonly runs: number;
}

const FULL: Plan = { small: 1000, large: 10_000, largest: 100_000, runs: 3 };
const QUICK: Plan = { small: 1000, large: 5000, runs: 1 };

/** Each with a hundredth of the items. */
const SOME_PARTICIPANTS = 100;

/** Beyond what the engine itself stands still: mostly the garbage collector, which has more to do here. */
const MOST_MS = 100;
const MOST_OF_LOOP = 0.1;
const MOST_REQUESTS = 2;
/** So many updates of one participant are in one cycle at most; each further cycle is one more write. */
const MOST_IN_A_CYCLE = 2000;

const NAMES: Record<NodeName, string> = {
  nothing: 'none: hands its items on',
  expressions: 'the same expressions in one loop',
  ours: 'ours',
};

/** How long others wait while the node has many items. */
export async function freezes({ quick }: BenchOptions): Promise<Section> {
  const plan = quick ? QUICK : FULL;
  const runs = await runAll(casesOf(plan));
  const groups = [...Map.groupBy(runs, nameOf).values()];
  return {
    title: 'Freezes',
    intro:
      'How long the event loop stands still while many items come at once: n8n answers nobody meanwhile, ' +
      'and all its other executions stand still, too. One execution of the node in n8n’s own engine, ' +
      'whose signal tells it when it is cancelled, against a simulator without latency in another ' +
      'process. Requests per Minute is 1,000,000, Concurrency 100, and three parameters of the node ' +
      'are expressions. For comparison the same items go through a node that does nothing, which shows ' +
      'what n8n’s engine itself takes, and through one that evaluates the same expressions for all ' +
      'items in one loop, as nodes of n8n do. A timer looks every millisecond; the table has the ' +
      'longest time for which it could not. Medians where there are several executions.',
    tables: [
      {
        title: 'Items in one execution',
        columns: [
          'items',
          'participants',
          'node',
          'executions',
          'longest freeze in the workflow, ms',
          'longest freeze in the node, ms',
          'longest pause for garbage in the node, ms',
          'node, ms per item',
          'requests per participant',
        ],
        rows: groups.map(row),
      },
    ],
    checks: checks(runs, plan),
    notes: [
      'The items of one participant go together, 2,000 at most in a cycle. What is done for a cycle is ' +
        'not cut into slices, so that those of the largest ones (10,000 items of one participant) show.',
      ...(quick ? ['Quick: 1,000 and 5,000 items instead of 1,000, 10,000 and 100,000.'] : []),
    ],
  };
}

function casesOf({ small, large, largest, runs }: Plan): Case[] {
  const of = (items: number, participants: readonly number[]): Case[] => [
    { items, participants: 1, node: 'nothing' },
    { items, participants: 1, node: 'expressions' },
    ...participants.map((count) => ({ items, participants: count, node: 'ours' as const })),
  ];
  return [
    ...of(small, [small, SOME_PARTICIPANTS, 1]),
    ...Array.from({ length: runs }, () => of(large, [large, SOME_PARTICIPANTS, 1])).flat(),
    ...(largest === undefined ? [] : of(largest, [SOME_PARTICIPANTS])),
  ];
}

function nameOf({ items, participants, node }: Case): string {
  return JSON.stringify([items, participants, node]);
}

function row(runs: readonly Run[]): string[] {
  const [first] = runs;
  if (!first) throw new Error('Nothing was run');
  const isOurs = first.node === 'ours';
  const median = (of: (run: Run) => number, digits = 0) => middle(runs, of).toFixed(digits);
  return [
    first.items.toLocaleString('en'),
    isOurs ? first.participants.toLocaleString('en') : '–',
    NAMES[first.node],
    String(runs.length),
    median(({ inWorkflow }) => inWorkflow.longestMs),
    median(({ inNode }) => inNode.longestMs),
    median(({ inNode }) => inNode.longestPauseMs),
    median(({ nodeMs, items }) => nodeMs / items, 2),
    isOurs ? median(({ requests, participants }) => requests / participants, 2) : '–',
  ];
}

function checks(runs: readonly Run[], { large, largest }: Plan): Check[] {
  const longest = (items: number, node: NodeName, participants = 1) =>
    middle(
      runs.filter(
        (run) => run.items === items && run.node === node && run.participants === participants,
      ),
      ({ inWorkflow }) => inWorkflow.longestMs,
    );
  const beyond = [large, SOME_PARTICIPANTS].map((participants): Check => {
    const ours = longest(large, 'ours', participants);
    const engine = longest(large, 'nothing');
    return {
      goal: `${large.toLocaleString('en')} items of ${participants.toLocaleString('en')} participants: longest freeze at most ${MOST_MS} ms beyond that with a node that does nothing`,
      measured: `${ours.toFixed(0)} ms against ${engine.toFixed(0)} ms`,
      met: ours - engine <= MOST_MS,
    };
  });
  const ofLoop = [
    [large, SOME_PARTICIPANTS] as const,
    [large, 1] as const,
    ...(largest === undefined ? [] : [[largest, SOME_PARTICIPANTS] as const]),
  ].map(([items, participants]): Check => {
    const share = longest(items, 'ours', participants) / longest(items, 'expressions');
    return {
      goal: `${items.toLocaleString('en')} items of ${participants === 1 ? 'one participant' : `${participants} participants`}: longest freeze at most ${MOST_OF_LOOP} × that of a node that evaluates the same expressions in one loop`,
      measured: `${share.toFixed(3)} ×`,
      met: share <= MOST_OF_LOOP,
    };
  });
  const requests = Math.max(
    ...runs
      .filter(({ node }) => node === 'ours')
      .map((run) => {
        const cycles = Math.ceil(run.items / run.participants / MOST_IN_A_CYCLE);
        return run.requests / run.participants - (cycles - 1);
      }),
  );
  return [
    ...beyond,
    ...ofLoop,
    {
      goal: `At most ${MOST_REQUESTS} requests a participant (and one for each further ${MOST_IN_A_CYCLE.toLocaleString('en')} items), however many turns its items take to come`,
      measured: requests.toFixed(2),
      met: requests <= MOST_REQUESTS,
    },
  ];
}

function middle(runs: readonly Run[], of: (run: Run) => number): number {
  return spreadOf(runs.map(of)).median;
}
