import type fc from 'fast-check';

/**
 * How many runs a property gets. Mutation tests ask for a share of them only: they run each property
 * hundreds of times.
 */
export function runs(all: number): number {
  return Math.ceil(all * Number(process.env['RUNS_SHARE'] ?? 1));
}

/**
 * How a property that failed is run once more, with what fast-check has said of the failure:
 * `RUNS_SEED=… RUNS_PATH=… npm test -- <file> -t '<name>'`. The first number of a path is the run as
 * it was met, before it was made smaller. Without a path all runs of the seed.
 */
export function replay(): Pick<fc.Parameters, 'path' | 'endOnFailure'> {
  const { RUNS_PATH: path } = process.env;
  return path === undefined ? {} : { path, endOnFailure: true };
}
