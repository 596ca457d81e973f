import type { Simulator } from '../../simulator';

/** The bodies of all writes, in order. */
export function bodies({ journal }: Simulator): unknown[] {
  return journal.writes().map(({ body }) => body);
}
