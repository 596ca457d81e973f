import pRetry from 'p-retry';

import type { Change } from './change';
import type { Lane } from './lane';
import { Member } from './member';
import { isStoreError, type Locate, type Located } from './store';
import type { Surroundings, UpdatePolicy, UpdateResult } from './update-types';

/** Drives one update: attempt after attempt in the lane of its record, until one of them settles it. */
export class Update<State, Report> {
  private readonly member: Member<State, Report>;
  private lane: Lane<State, Report> | undefined;

  /** @param board gives the lane of a record, and keeps it until the update is over */
  constructor(
    private readonly locate: Locate<State>,
    private readonly board: (located: Located<State>) => Lane<State, Report>,
    change: Change<State, Report>,
    private readonly policy: UpdatePolicy,
    private readonly surroundings: Surroundings,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.member = new Member(change, policy, surroundings.clock, signal);
  }

  async run(): Promise<UpdateResult<State, Report>> {
    try {
      // p-retry counts and drives. Its own delays, signal and time limit stay unused: it looks at
      // the signal after a success too, and would report a committed update as cancelled.
      return await pRetry(async () => await this.attempt(), {
        retries: this.policy.maxAttempts - 1,
        minTimeout: 0,
        shouldRetry: async ({ error }) => await this.prepareRetry(error),
      });
    } catch (error) {
      if (!isStoreError<State>(error)) throw error;
      if (error.failure.kind === 'permanent') throw this.member.failed('permanent', error.message);
      this.member.stopIfOver();
      throw this.member.failed('attempts', error.message);
    } finally {
      this.member.dispose();
    }
  }

  private async attempt(): Promise<UpdateResult<State, Report>> {
    if (this.lane) return await this.lane.ride(this.member);
    this.member.stopIfOver();
    const located = await this.find();
    this.lane = this.board(located);
    return await this.lane.join(this.member, located.seen);
  }

  private async find(): Promise<Located<State>> {
    const { member, signal } = this;
    const { clock } = this.surroundings;
    const startedAt = clock.now();
    try {
      const located = await this.locate({
        timeoutMs: member.requestTimeoutMs(),
        patienceMs: member.progress.remainingMs(),
        ...(signal && { signal }),
      });
      member.progress.waited(located.waitedMs ?? 0);
      return located;
    } catch (error) {
      if (isStoreError<State>(error)) {
        const { kind } = error.failure;
        // Where it never got leave to be sent, waiting is all that has been done.
        if (kind === 'throttled') member.progress.waited(clock.now() - startedAt);
        else member.progress.attempts++;
        member.lastFailure = error;
        member.observe({ kind: 'fault' });
      }
      throw error;
    }
  }

  /** Says when the next attempt makes sense. Answers `false` where none does. */
  private async prepareRetry(error: Error): Promise<boolean> {
    if (!isStoreError<State>(error) || error.failure.kind === 'permanent') return false;
    const { lane, member, signal } = this;
    const { clock, random } = this.surroundings;
    member.stopIfOver();
    const delayMs = lane ? lane.delayMs(member) : member.delayMs(random());
    if (delayMs >= member.progress.remainingMs()) {
      // Only where the server said how long.
      const isThrottled = error.failure.kind === 'throttled' && member.askedToWaitMs() > 0;
      throw member.failed(isThrottled ? 'throttled' : 'deadline');
    }
    if (lane) {
      member.notBefore = clock.now() + delayMs;
    } else {
      member.progress.beginWait();
      await clock.sleep(delayMs, signal).catch(() => undefined);
      member.progress.endWait();
    }
    return true;
  }
}
