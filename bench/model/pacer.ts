import type { Random } from '../../core';

/** One request, as its client sees it: when it was sent and when the reply came, in ms. */
export interface Exchange {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** What a client read. */
export interface Reading extends Exchange {
  readonly version: number;
  /** Whether the content differs from what this client read before; `false` on its first read. */
  readonly contentMoved: boolean;
}

/** How one client paces its attempts. It may learn from what it reads. */
export interface Pacer {
  read?(reading: Reading): void;
  /** Ms to wait after a conflict; `undefined` to give up. */
  conflict(write: Exchange): number | undefined;
  /** Set where the next read is to catch the moment after a move, by reads so many ms apart. */
  readonly chaseGapMs?: number | undefined;
}

/** What is going on, for peers that know more than a client can. */
export interface Arena {
  /** Clients that have begun and not ended. */
  readonly contenders: number;
}

/** A strategy that takes part in the comparison. */
export type Peer = PacedPeer | DrivingPeer;

/** One that says how long to wait. */
export interface PacedPeer {
  readonly name: string;
  pacer(random: Random, arena: Arena): Pacer;
}

/** A library that runs the loop itself, and waits by the timers and the chance of the process. */
export interface DrivingPeer {
  readonly name: string;
  /** Calls for an attempt, which fails on a conflict, until one succeeds or it gives up. */
  drive(this: void, attempt: () => Promise<void>): Promise<void>;
}
