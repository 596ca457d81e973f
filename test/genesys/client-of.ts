import { randomUUID } from 'node:crypto';

import { GenesysClient } from '../../genesys/client';
import { Shared } from '../../genesys/shared';

/** A server, and in whose name it is called. */
export interface Account {
  readonly url: string;
  /** Default: one of its own, that nobody has used before. */
  readonly clientId?: string;
  readonly clientSecret?: string;
}

/** A client that no limit of its own keeps from sending. */
export function clientOf(
  { clientId = randomUUID(), clientSecret = 'secret', url }: Account,
  shared = new Shared(),
): GenesysClient {
  return new GenesysClient(
    { loginUrl: url, apiUrl: url, clientId, clientSecret, requestsPerMinute: 1_000_000 },
    shared,
  );
}
