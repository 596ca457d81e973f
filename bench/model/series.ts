import { contest, type Contest, type Finish } from './contest';
import { estimate, type Estimate, fairness, quantile } from './statistics';

/** Reports begin here; `adaptive` was tuned on seeds below 10,000. */
const FIRST_SEED = 10_000;

/** What many runs of one contest have shown. */
export interface Series {
  /** Per commit; of the clients that were looked at. */
  readonly writes: Estimate;
  /** Reads and writes per commit. */
  readonly requests: Estimate;
  /** From the first start to the last end, in ms. */
  readonly makespanMs: Estimate;
  /** From a client's start to its commit, in ms. */
  readonly meanMs: Estimate;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of the clients that gave up. */
  readonly gaveUp: number;
  /** Jain's index of the times to commit. */
  readonly fairness: Estimate;
}

/** Runs a contest on so many seeds and looks at those clients that `of` admits. */
export async function series(
  seeds: number,
  make: (seed: number) => Omit<Contest, 'seed'>,
  of: (finish: Finish) => boolean = () => true,
): Promise<Series> {
  const runs: Finish[][] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
    runs.push(await contest({ ...make(seed), seed }));
  }
  const chosen = runs.map((run) => run.filter(of));
  const times = chosen.map((run) => run.filter(({ gaveUp }) => !gaveUp).map(timeMs));
  const all = times.flat();
  const perCommit = (count: (finish: Finish) => number) =>
    estimate(
      chosen.flatMap((run, index) => {
        const commits = times[index]?.length ?? 0;
        return commits > 0 ? [run.reduce((sum, finish) => sum + count(finish), 0) / commits] : [];
      }),
    );
  return {
    writes: perCommit(({ writes }) => writes),
    requests: perCommit(({ reads, writes }) => reads + writes),
    makespanMs: estimate(runs.map((run) => Math.max(...run.map(({ endedAt }) => endedAt)))),
    meanMs: estimate(times.filter(({ length }) => length > 0).map((run) => estimate(run).mean)),
    p50Ms: quantile(all, 0.5),
    p99Ms: quantile(all, 0.99),
    gaveUp: 1 - all.length / chosen.flat().length,
    fairness: estimate(times.filter(({ length }) => length > 0).map(fairness)),
  };
}

function timeMs({ endedAt, entrant }: Finish): number {
  return endedAt - entrant.startsAt;
}
