import { setTimeout as sleep } from 'node:timers/promises';

import type { StrategyName } from '../../core';
import { serve } from '../serve';
import type { Account, Target, Writer } from './writer';

/** Updates of one participant, one after the other. */
export interface Updates {
  readonly account: Account;
  readonly target: Target;
  /** The attributes to set, an update for each. */
  readonly names: readonly string[];
  readonly strategy: StrategyName;
  /** Wall-clock time to begin at; at once where it has passed. */
  readonly startAt: number;
}

export interface Effort {
  /** From the first update's beginning to the last one's end, in ms. */
  readonly elapsedMs: number;
  /** CPU time of the whole process since it last answered, so that nothing that ends later is missed. */
  readonly cpuMs: number;
}

/** Makes this process a writer of its own. */
export function serveWriter(open: (account: Account) => Writer | Promise<Writer>): void {
  const writers = new Map<string, Writer>();
  let cpuBefore = process.cpuUsage();
  serve(async ({ account, target, names, strategy, startAt }: Updates): Promise<Effort> => {
    const write = writers.get(account.url) ?? (await open(account));
    writers.set(account.url, write);
    await sleep(Math.max(0, startAt - Date.now()));
    const beganAt = performance.now();
    for (const name of names) await write(target, name, strategy);
    const elapsedMs = performance.now() - beganAt;
    const { user, system } = process.cpuUsage(cpuBefore);
    cpuBefore = process.cpuUsage();
    return { elapsedMs, cpuMs: (user + system) / 1000 };
  });
}
