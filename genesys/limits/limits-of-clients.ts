import { systemClock } from '../../core';
import { KindLimits } from './kind-limits';
import { Limits } from './limits';

/** The limits of one client: of all its requests, and of those of one kind. */
interface LimitsOfClient {
  readonly limits: Limits;
  /** Of one of its tokens. */
  readonly kindsOf: (token: number) => KindLimits;
}

/** What a credential says of the limits of its client. */
interface Configured {
  /** See {@link Limits.requestsPerMinute}. */
  readonly requestsPerMinute: number;
  /** See {@link Limits.tokens}. */
  readonly tokens: number;
}

/** The limits of each client of a process, by the key of the client. */
export class LimitsOfClients {
  private readonly clients = new Map<string, LimitsOfClient>();

  /** A credential may have been edited, and two may be of one client: the latest one counts. */
  of(client: string, { requestsPerMinute, tokens }: Configured): LimitsOfClient {
    const known = this.clients.get(client);
    if (known) {
      known.limits.requestsPerMinute = requestsPerMinute;
      known.limits.tokens = tokens;
      return known;
    }
    const limits = new Limits(requestsPerMinute, systemClock, tokens);
    const kinds: KindLimits[] = [];
    const kindsOf = (token: number) =>
      (kinds[token] ??= new KindLimits(limits, systemClock, token));
    const created = { limits, kindsOf };
    this.clients.set(client, created);
    return created;
  }
}
