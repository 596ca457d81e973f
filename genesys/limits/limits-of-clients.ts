import { KindLimits } from './kind-limits';
import { Limits } from './limits';

/** The limits of one client: of all its requests, and of those of one kind. */
interface LimitsOfClient {
  readonly limits: Limits;
  readonly kinds: KindLimits;
}

/** The limits of each client of a process, by the key of the client. */
export class LimitsOfClients {
  private readonly clients = new Map<string, LimitsOfClient>();

  /** A credential may have been edited, and two may be of one client: the latest one counts. */
  of(client: string, requestsPerMinute: number): LimitsOfClient {
    const known = this.clients.get(client);
    if (known) {
      known.limits.requestsPerMinute = requestsPerMinute;
      return known;
    }
    const limits = new Limits(requestsPerMinute);
    const created = { limits, kinds: new KindLimits(limits) };
    this.clients.set(client, created);
    return created;
  }
}
