import { type Story, systemClock, UpdateError, type UpdatePolicy } from '../../../core';
import type { RecordRequest } from './item-request';

/** An update that has ended because there was nobody, and that is to be made once more. */
export class Absence {
  private readonly since = systemClock.now();

  constructor(
    private readonly request: RecordRequest,
    readonly error: UpdateError,
  ) {}

  /** Milliseconds that are left of the total timeout, in which it waits as well. */
  get leftMs(): number {
    const { totalTimeoutMs } = this.request.policy;
    return totalTimeoutMs - this.error.story.elapsedMs - this.waitedMs();
  }

  /** The update goes on: what is left of its policy, and the story of all of it by that of the rest. */
  resume(): { readonly policy: UpdatePolicy; readonly whole: (rest: Story) => Story } {
    const { story } = this.error;
    const waitedMs = this.waitedMs();
    // The look that has found nobody is no attempt.
    const attempts = story.attempts - 1;
    const { policy } = this.request;
    return {
      policy: {
        ...policy,
        maxAttempts: policy.maxAttempts - attempts,
        totalTimeoutMs: this.leftMs,
      },
      whole: (rest) => ({
        attempts: attempts + rest.attempts,
        conflicts: story.conflicts + rest.conflicts,
        waitedMs: story.waitedMs + waitedMs + rest.waitedMs,
        elapsedMs: story.elapsedMs + waitedMs + rest.elapsedMs,
      }),
    };
  }

  private waitedMs(): number {
    return systemClock.now() - this.since;
  }
}

/** The same end of an update, with another story. */
export function retold(error: UpdateError, story: Story): UpdateError {
  return new UpdateError(error.message, error.reason, story, error.lastFailure, error);
}
