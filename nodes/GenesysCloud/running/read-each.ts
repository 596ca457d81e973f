import type { IDataObject } from 'n8n-workflow';

import { isAbsent, onAbort, SharedListeners, systemClock, UpdateError } from '../../../core';
import { inParallel } from './in-parallel';
import type { LookRequest } from './item-request';
import type { Run } from './run';
import { Slots } from './slots';

/** When so many of a run have stayed absent, it is not for their being new. */
const MOST_ABSENT = 10;

/** What there is for all items of a run. */
export interface ReadingRun extends Pick<Run, 'client' | 'shared' | 'hints'> {
  /** Aborts when the execution is cancelled, and when the workflow stops for another item. */
  readonly signal: AbortSignal;
}

/** What an operation reads for one item, and what comes out: an item for each thing that it finds. */
export type Reading<Request extends LookRequest> = (
  request: Request,
  run: ReadingRun,
) => Promise<readonly IDataObject[]>;

/**
 * Reads something for each item. Those about one conversation go together, so that they can share a
 * read; where nobody is found, they look once more a little later.
 */
export async function readEach<Request extends LookRequest>(
  run: Run,
  requests: readonly Request[],
  read: Reading<Request>,
): Promise<void> {
  const slots = new Slots(run.concurrency);
  const over = new AbortController();
  const stopListening = onAbort(run.signal, () => {
    over.abort();
  });
  const looks = new Looks(run, read, slots, over);
  try {
    const groups = await byConversation(run, requests);
    await inParallel(run.shared.slices.of(groups), slots, async (group) => {
      await looks.together(group);
    });
  } finally {
    stopListening();
  }
}

async function byConversation<Request extends LookRequest>(
  run: Run,
  requests: readonly Request[],
): Promise<Iterable<readonly Request[]>> {
  const groups = new Map<string, Request[]>();
  for await (const request of run.shared.slices.of(requests)) {
    const key = request.conversationId?.toLowerCase() ?? String(request.itemIndex);
    const same = groups.get(key);
    if (same) same.push(request);
    else groups.set(key, [request]);
  }
  return groups.values();
}

type End = Promise<{ readonly error: unknown } | undefined>;

class Looks<Request extends LookRequest> {
  private absent = 0;
  private readonly listeners = new SharedListeners();
  private readonly all: ReadingRun;

  constructor(
    private readonly run: Run,
    private readonly read: Reading<Request>,
    private readonly slots: Slots,
    private readonly over: AbortController,
  ) {
    const { client, hints, shared } = run;
    this.all = { client, hints, shared, signal: over.signal };
  }

  /** All about one conversation. */
  async together(requests: readonly Request[]): Promise<void> {
    const startedAt = systemClock.now();
    const absent = await this.once(requests, (request) => this.mayBeNew(request, startedAt));
    if (absent.length === 0) return;
    const patienceMs = absent.reduce((most, one) => Math.max(most, one.patienceMs ?? 0), 0);
    this.slots.giveBack();
    await this.listeners.sleep(systemClock, patienceMs, this.over.signal).catch(() => undefined);
    await this.slots.takeAgain();
    const spentMs = systemClock.now() - startedAt;
    const again = absent.map((request) => shortened(request, spentMs));
    await this.once(again, () => {
      this.absent++;
      return false;
    });
  }

  /** @returns those who found nobody and are to look again */
  private async once(
    requests: readonly Request[],
    looksAgain: (request: Request) => boolean,
  ): Promise<Request[]> {
    const about = requests[0]?.conversationId?.toLowerCase();
    // The first request waits until all have begun.
    const go = about === undefined ? () => undefined : this.run.client.limits.hold(about);
    const again: Request[] = [];
    const ends: End[] = [];
    const one = async (request: Request) => {
      try {
        const found = await this.read(request, this.all);
        await this.run.succeed(request, () => found);
      } catch (error) {
        if (isOfNobody(error) && looksAgain(request)) again.push(request);
        else return await this.fail(request, error);
      }
      return undefined;
    };
    try {
      for await (const request of this.run.shared.slices.of(requests)) ends.push(one(request));
    } finally {
      go();
    }
    const failure = (await Promise.all(ends)).find((end) => end !== undefined);
    if (failure) throw failure.error;
    return again;
  }

  private mayBeNew({ patienceMs = 0, policy }: Request, startedAt: number): boolean {
    const leftMs = policy.totalTimeoutMs - (systemClock.now() - startedAt) - patienceMs;
    const isFutile = patienceMs === 0 || policy.maxAttempts === 1 || leftMs <= 0;
    return !isFutile && this.absent < MOST_ABSENT;
  }

  /** @returns what is to stop the workflow, if anything */
  private async fail(request: Request, error: unknown): End {
    try {
      await this.run.fail(request, error);
      return undefined;
    } catch (stop) {
      // Nobody waits for the others.
      this.over.abort();
      return { error: stop };
    }
  }
}

function shortened<Request extends LookRequest>(request: Request, spentMs: number): Request {
  const totalTimeoutMs = Math.max(1, request.policy.totalTimeoutMs - spentMs);
  return { ...request, policy: { ...request.policy, totalTimeoutMs } };
}

/** Whether there is no such conversation or participant, as far as was seen. */
export function isOfNobody(error: unknown): error is UpdateError {
  return (
    error instanceof UpdateError &&
    error.reason === 'permanent' &&
    error.lastFailure !== undefined &&
    isAbsent(error.lastFailure)
  );
}
