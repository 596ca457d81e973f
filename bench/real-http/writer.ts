import { setTimeout as sleep } from 'node:timers/promises';

import { type StrategyName, strategies } from '../../core';
import type { VersionedAttributes } from '../../demo/participant-client';

/** Where a writer signs in, and what it sends its requests to. */
export interface Account {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Target {
  readonly conversationId: string;
  readonly participantId: string;
}

/** Sets one attribute of a participant. On a conflict it waits, reads again and tries again. */
export type Writer = (target: Target, name: string, strategy: StrategyName) => Promise<void>;

/** The node's defaults, for everybody. */
export const BOUNDS = { baseMs: 100, maxMs: 5000 };

/** What a way of sending requests has to offer to be a writer. */
export interface ParticipantApi {
  read(path: string): Promise<VersionedAttributes>;
  /** Answers `false` when the version is out of date (409). */
  write(path: string, next: VersionedAttributes): Promise<boolean>;
}

/** The cycle around a bare way of sending requests: the same for all of them. */
export function writerOf(api: ParticipantApi): Writer {
  return async ({ conversationId, participantId }, name, strategy) => {
    const path = `/api/v2/conversations/${conversationId}/participants/${participantId}`;
    let backoff = strategies[strategy](BOUNDS);
    for (;;) {
      const { version, attributes } = await api.read(path);
      const sentAt = performance.now();
      if (await api.write(path, { version, attributes: { ...attributes, [name]: name } })) return;
      backoff = backoff.observe({ kind: 'conflict', sentAt, answeredAt: performance.now() });
      await sleep(backoff.delay(Math.random));
    }
  };
}
