import { type Change, Lanes, type Store, type UpdatePolicy, type UpdateResult } from '../../core';
import type { Surroundings } from '../../core/update-types';

/** Runs one update as its process's only one. */
export async function update<State, Report>(
  store: Store<State>,
  change: Change<State, Report>,
  policy: UpdatePolicy,
  surroundings: Surroundings,
  signal?: AbortSignal,
): Promise<UpdateResult<State, Report>> {
  const lanes = new Lanes<State, Report>({ ...surroundings, freshMs: 0 });
  return await lanes.update(
    () => Promise.resolve({ key: 'the record', store }),
    change,
    policy,
    signal,
  );
}
