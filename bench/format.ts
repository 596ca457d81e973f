import type { Check } from './section';
import type { Estimate } from './model/statistics';

/** As many digits as say something. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A mean with its 95 % interval. */
export function withMargin({ mean, margin }: Estimate): string {
  return margin > 0 ? `${shown(mean)} ± ${shown(margin)}` : shown(mean);
}

export function percent(share: number): string {
  return share === 0 ? '0' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** A goal that says how many times something else a figure may be at most. */
export function atMost(goal: string, limit: number, figure: number, reference: number): Check {
  const ratio = figure / reference;
  const met = ratio <= limit;
  return {
    goal: `${goal} ≤ ${limit.toFixed(2)} ×`,
    measured: `${ratio.toFixed(3)} × (${shown(figure)} against ${shown(reference)})`,
    met,
  };
}
