/** A mean over seeds, and half the width of its 95 % interval. */
export interface Estimate {
  readonly mean: number;
  readonly margin: number;
}

/** The normal approximation, which a few dozen seeds allow. */
export function estimate(values: readonly number[]): Estimate {
  const mean = average(values);
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, margin: 1.96 * Math.sqrt(variance / values.length) };
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The smallest value that a share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** Jain's index: 1 where all have the same, 1/n where one has everything. */
export function fairness(values: readonly number[]): number {
  const squares = values.reduce((sum, value) => sum + value ** 2, 0);
  return squares === 0
    ? 1
    : values.reduce((sum, value) => sum + value, 0) ** 2 / squares / values.length;
}
