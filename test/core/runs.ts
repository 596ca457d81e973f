/**
 * How many runs a property gets. Mutation tests ask for a share of them only: they run each property
 * hundreds of times.
 */
export function runs(all: number): number {
  return Math.ceil(all * Number(process.env['RUNS_SHARE'] ?? 1));
}
