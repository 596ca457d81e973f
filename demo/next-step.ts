import type { ParticipantClient } from './participant-client';
import type { Write } from './round';

/** A way of writing, and whether the step after it in a workflow sees what was written. */
export interface NextStep<Result> {
  readonly result: Result;
  readonly seen: boolean;
}

/** Reads as soon as the write says that it has ended, as the next step would. */
export function withNextStep<Result>(
  client: ParticipantClient,
  write: Write<Result>,
): Write<NextStep<Result>> {
  return async (call, update, signal) => {
    const result = await write(call, update, signal);
    const attributes = await client.readAttributes(call);
    return { result, seen: attributes[update.name] === update.value };
  };
}
