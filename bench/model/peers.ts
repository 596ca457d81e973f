import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import pRetry from 'p-retry';

import { type Backoff, type Random, strategies } from '../../core';
import type { Exchange, Pacer, Peer, Reading } from './pacer';

/** The bounds of the AWS simulator, for all peers that have bounds. */
export const BOUNDS = { baseMs: 5, maxMs: 2000 };

/** A backoff of ours, driven as core/cycle/cycle.ts drives it. */
export function ours(name: string, backoff: Backoff): Peer {
  return { name, pacer: (random) => new BackoffPacer(backoff, random) };
}

class BackoffPacer implements Pacer {
  constructor(
    private backoff: Backoff,
    private readonly random: Random,
  ) {}

  get chaseGapMs(): number | undefined {
    return this.backoff.chaseGapMs;
  }

  read(reading: Reading): void {
    this.backoff = this.backoff.observe({ kind: 'read', ...reading });
  }

  conflict(write: Exchange): number {
    this.backoff = this.backoff.observe({ kind: 'conflict', ...write });
    const roll = this.random();
    return this.backoff.delay(() => roll);
  }
}

export const adaptive = ours('adaptive', strategies.adaptive(BOUNDS));

export const none = counting('none', () => 0);
export const full = ours('full jitter', strategies.fullJitter(BOUNDS));
export const exponential = ours('exponential', strategies.exponential(BOUNDS));

/** Half of the exponential delay for sure, the other half by chance. */
export const equal = counting('equal jitter', (failures, random) => {
  const half = ceiling(failures) / 2;
  return half + random() * half;
});

export const decorrelated: Peer = {
  name: 'decorrelated jitter',
  pacer: (random) => {
    let sleep = BOUNDS.baseMs;
    return {
      conflict: () => {
        const { baseMs, maxMs } = BOUNDS;
        sleep = Math.min(maxMs, baseMs + random() * (sleep * 3 - baseMs));
        return sleep;
      },
    };
  },
};

/** `wait.Backoff` of Kubernetes: each step is stretched by up to `jitter` of itself. */
function clientGo(name: string, steps: number, factor: number): Peer {
  return {
    name,
    pacer: (random) => {
      let failures = 0;
      return {
        conflict: () => {
          failures++;
          if (failures >= steps) return undefined;
          return 10 * factor ** (failures - 1) * (1 + 0.1 * random());
        },
      };
    },
  };
}

export const clientGoRetry = clientGo('client-go DefaultRetry', 5, 1);
export const clientGoBackoff = clientGo('client-go DefaultBackoff', 4, 5);
export const clientGoRetryUncapped = clientGo('client-go DefaultRetry, uncapped', Infinity, 1);
export const clientGoBackoffUncapped = clientGo('client-go DefaultBackoff, uncapped', Infinity, 5);

/**
 * Learns from the version how many others have committed since it last looked. Where that is close to
 * as many as could have, its window doubles; where it is far from it, the window halves.
 */
export const versionGap: Peer = {
  name: 'version-gap',
  pacer: (random) => {
    let roundTrips = 4;
    let before: { version: number; at: number } | undefined;
    let roundTripMs = 0;
    return {
      read: ({ version, sentAt, answeredAt }) => {
        roundTripMs = answeredAt - sentAt;
        const at = (sentAt + answeredAt) / 2;
        if (before) {
          const busy = ((version - before.version) * roundTripMs) / (at - before.at);
          if (busy > 0.6) roundTrips *= 2;
          else if (busy < 0.35) roundTrips /= 2;
        }
        before = { version, at };
      },
      conflict: () => random() * roundTrips * roundTripMs,
    };
  },
};

/**
 * Knows how many contend, which no client can, and lets two of them in a round trip.
 * An attempt of two round trips is part of each turn.
 */
export const oracle: Peer = {
  name: 'oracle',
  pacer: (random, arena) => {
    let roundTripMs = 0;
    return {
      read: ({ sentAt, answeredAt }) => {
        roundTripMs = answeredAt - sentAt;
      },
      conflict: () => random() * 2 * Math.max(0, arena.contenders / 2 - 2) * roundTripMs,
    };
  },
};

function counting(name: string, delay: (failures: number, random: Random) => number): Peer {
  return {
    name,
    pacer: (random) => {
      let failures = 0;
      return { conflict: () => delay(++failures, random) };
    },
  };
}

function ceiling(failures: number): number {
  return Math.min(BOUNDS.maxMs, BOUNDS.baseMs * 2 ** (failures - 1));
}

export const pRetryAsShipped: Peer = {
  name: 'p-retry, as shipped',
  drive: async (attempt) => {
    await pRetry(attempt);
  },
};

export const cockatielAsShipped: Peer = {
  name: 'cockatiel, as shipped',
  drive: async (attempt) => {
    await retry(handleAll, { backoff: new ExponentialBackoff() }).execute(attempt);
  },
};
