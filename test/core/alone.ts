import { type UpdatePolicy } from '../../core';
import { type Change, Lanes, type Store, type UpdateResult, type Flat } from './flat';
import type { Surroundings } from '../../core/update-types';

/** Runs one update as its process's only one. */
export async function update<State extends Flat, Report>(
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
