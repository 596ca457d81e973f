import { startSimulator } from '../../simulator';
import type { BenchOptions, Check, Section } from '../section';
import { type Spread, spreadOf, spreadText } from '../spread';
import { type Run, runAll } from './runs';

/** Items of one execution after the other: the smallest before and after, so that drift meets both ends. */
const FULL = [1000, 1000, 1000, 10_000, 50_000, 1000, 1000, 1000];
const QUICK = [200, 200, 200, 1000, 5000, 200, 200, 200];

const MOST_TIMES_THE_TIME = 1.2;
const MOST_REQUESTS = 2;
/** What the heap may grow by per item beyond the same; it is sampled, and garbage comes and goes. */
const HEAP_TOLERANCE = 1.1;

/** What one size took, over its executions. */
interface Size {
  readonly items: number;
  readonly runs: readonly Run[];
}

/** Many items through the node in n8n's own engine. */
export async function scale({ quick }: BenchOptions): Promise<Section> {
  const sizes = await measure(quick ? QUICK : FULL);
  return {
    title: 'Scale',
    intro:
      'Many items in one execution of the node in n8n’s own engine, ten for each participant, against ' +
      'a simulator without latency in another process. Requests per Minute is 1,000,000, all else is ' +
      'as by default, and three parameters of the node are expressions. All executions are of one ' +
      'process, which has run 1,000 items before; the smallest size is run before and after the ' +
      'others. Medians (and quartiles) where there are several executions.',
    tables: [
      {
        title: 'Items in one execution',
        columns: [
          'items',
          'participants',
          'executions',
          'requests per participant',
          'conflicts',
          'ms per item',
          'CPU ms per item',
          'peak heap, kB per item',
          'held at the end, kB per item',
        ],
        rows: sizes.map(row),
      },
    ],
    checks: checks(sizes),
    notes: [
      'Peak heap: `process.memoryUsage().heapUsed`, sampled every 20 ms, above what was there after a ' +
        'full garbage collection before; garbage not yet collected is part of it. Held at the end: ' +
        'after another full collection, with the execution’s output still there.',
      ...(quick ? ['Quick: 200, 1,000 and 5,000 items instead of 1,000, 10,000 and 50,000.'] : []),
    ],
  };
}

async function measure(plan: readonly number[]): Promise<Size[]> {
  const simulator = await startSimulator();
  try {
    const runs = await runAll(simulator, plan);
    return [...new Set(plan)].map((items) => ({
      items,
      runs: runs.filter((run) => run.items === items),
    }));
  } finally {
    await simulator.close();
  }
}

function spread({ runs }: Size, of: (run: Run) => number): Spread {
  return spreadOf(runs.map(of));
}

function row(size: Size): string[] {
  const shown = (of: (run: Run) => number, digits: number) => {
    const found = spread(size, of);
    return size.runs.length > 1 ? spreadText(found, digits) : found.median.toFixed(digits);
  };
  return [
    size.items.toLocaleString('en'),
    (size.runs[0]?.participants ?? 0).toLocaleString('en'),
    String(size.runs.length),
    requestsPerParticipant(size).toFixed(2),
    String(sum(size.runs.map(({ conflicts }) => conflicts))),
    shown(({ msPerItem }) => msPerItem, 3),
    shown(({ cpuMsPerItem }) => cpuMsPerItem, 3),
    shown(({ peakBytesPerItem }) => peakBytesPerItem / 1000, 1),
    shown(({ heldBytesPerItem }) => heldBytesPerItem / 1000, 2),
  ];
}

function checks(sizes: readonly Size[]): Check[] {
  const [smallest, middle, largest] = sizes;
  if (!smallest || !middle || !largest) throw new Error('It takes three sizes to compare');
  const [small, mid, large] = [smallest, middle, largest].map(({ items }) =>
    items.toLocaleString('en'),
  );
  const time = (size: Size) => spread(size, ({ msPerItem }) => msPerItem).median;
  const heap = (size: Size) => spread(size, ({ peakBytesPerItem }) => peakBytesPerItem).median;
  const times = time(largest) / time(smallest);
  const growth = heap(largest) / heap(middle);
  const beyond = Math.max(
    ...sizes
      .flatMap(({ runs }) => runs)
      .map(({ requests, conflicts, participants }) => (requests - 2 * conflicts) / participants),
  );
  return [
    {
      goal: `Time per item at ${large} at most ${MOST_TIMES_THE_TIME} × that at ${small}`,
      measured: `${times.toFixed(2)} ×`,
      met: times <= MOST_TIMES_THE_TIME,
    },
    {
      goal: `At most ${MOST_REQUESTS} requests a participant, plus a read and a write for each conflict`,
      measured: beyond.toFixed(2),
      met: beyond <= MOST_REQUESTS,
    },
    {
      goal: `Heap grows linearly at most: peak per item at ${large} at most that at ${mid} (within ${Math.round((HEAP_TOLERANCE - 1) * 100)} %)`,
      measured: `${growth.toFixed(2)} ×`,
      met: growth <= HEAP_TOLERANCE,
    },
  ];
}

function requestsPerParticipant({ runs }: Size): number {
  return (
    sum(runs.map(({ requests }) => requests)) / sum(runs.map(({ participants }) => participants))
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
