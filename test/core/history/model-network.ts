import { type Clock, type Random, type RequestLimits, StoreError } from '../../../core';
import type { Fault } from './fault';

/** The way from a client to the server, or back, takes from 4 to 12 ms. */
const LEG_MS = { shortest: 4, spread: 9 };

export type Reply<Body> = { readonly body: Body } | { readonly failure: StoreError };

/** What there is on both ends of the way. */
export interface Ends<Body> {
  readonly arrive: () => Reply<Body>;
  readonly noReply: () => StoreError;
  /** Told of the reply that the client gets, also of one that it makes up for want of any. */
  readonly delivered: (reply: Reply<Body>) => void;
}

/** Takes requests there and back. What arrives takes effect, whether anybody still waits for it or not. */
export class ModelNetwork {
  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async exchange<Body>(
    fault: Fault | undefined,
    { timeoutMs, signal }: RequestLimits,
    { arrive, noReply, delivered }: Ends<Body>,
  ): Promise<Body> {
    const { promise, resolve, reject } = Promise.withResolvers<Body>();
    let waiting = true;
    const settle = (reply: Reply<Body>) => {
      waiting = false;
      stopTimer();
      signal?.removeEventListener('abort', giveUp);
      delivered(reply);
      if ('body' in reply) resolve(reply.body);
      else reject(reply.failure);
    };
    const giveUp = () => {
      settle({ failure: noReply() });
    };
    const stopTimer = this.clock.later(timeoutMs, giveUp);
    signal?.addEventListener('abort', giveUp);
    if (fault?.kind !== 'dropped') {
      this.clock.later(this.legMs() + (fault?.kind === 'late' ? fault.byMs : 0), () => {
        const reply = arrive();
        if (fault?.kind === 'repeated') this.clock.later(fault.afterMs, arrive);
        if (losesReply(fault) || !waiting) return;
        this.clock.later(this.legMs() + (fault?.kind === 'lateReply' ? fault.byMs : 0), () => {
          if (waiting) settle(reply);
        });
      });
    }
    return await promise;
  }

  private legMs(): number {
    return LEG_MS.shortest + Math.floor(this.random() * LEG_MS.spread);
  }
}

function losesReply(fault: Fault | undefined): boolean {
  return fault?.kind === 'replyLost' || (fault?.kind === 'repeated' && fault.replyLost);
}
