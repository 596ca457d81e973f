import { heedingRetryAfter, type PatchImplementation } from './implementation';
import { PatchMemory } from './memory';
import { PlainPatch } from './plain-patch';

/** One way to be wrong. */
export type PatchFlaw =
  | 'writes again over a newer value'
  | 'sends again what no read shows yet'
  | 'says written at acceptance'
  | 'ends before the bound'
  | 'counts the bound from the call'
  | 'takes an old value for another'
  | 'takes its own value for another'
  | 'takes a page for acceptance'
  | 'takes silence for acceptance'
  | 'believes old reads'
  | 'believes every 404'
  | 'forgets a write without an answer'
  | 'leaves what was accepted'
  | 'says deadline of what was accepted'
  | 'gives way after it has written'
  | 'looks at no condition'
  | 'waits for no companion';

/**
 * The plainest client that tells the truth where nothing has a version: each caller on its own, one
 * after the other from its read to its acceptance; what its process has seen and sent is shared.
 */
export function plain(flaw?: PatchFlaw): PatchImplementation {
  return heedingRetryAfter(({ clock }) => {
    const memories = new Map<string, PatchMemory>();
    return async (target, call, policy, signal) => {
      const memory = memories.get(target.key) ?? new PatchMemory(clock);
      memories.set(target.key, memory);
      return await new PlainPatch({ target, call, policy, signal, clock, memory, flaw }).run();
    };
  });
}
