import type { Allowance } from './rate-limit';
import { RateLimit } from './rate-limit';
import type { Reply } from './replies';
import { errorBody, json } from './replies';

/** What the platform calls its limits. */
const KEYS = {
  token: 'client.credentials.token.rate.per.minute',
  client: 'org.app.user.rate.per.minute',
};

interface RequestsPerMinute {
  /** Of each token. */
  readonly token: number | undefined;
  /** Of the client, with all its tokens. */
  readonly client: number | undefined;
}

/** Counts the requests of each token for itself, and those of the client with all of them. */
export class RateLimits {
  readonly #ofTokens = new Map<string, RateLimit>();
  readonly #ofClient: RateLimit | undefined;

  constructor(private readonly requestsPerMinute: RequestsPerMinute) {
    const { client } = requestsPerMinute;
    this.#ofClient = client === undefined ? undefined : new RateLimit(client);
  }

  /** Has `admit` answer unless a limit is reached. What one limit refuses counts for neither. */
  answer(authorization: string, admit: () => Reply): Reply {
    const [ofToken, ofClient] = [this.#ofToken(authorization), this.#ofClient];
    const isAllowed = [ofToken, ofClient].every((limit) => limit?.look().granted ?? true);
    const token = isAllowed ? ofToken?.take() : ofToken?.look();
    const client = isAllowed ? ofClient?.take() : ofClient?.look();
    const reply = refusal('token', token) ?? refusal('client', client) ?? admit();
    return { ...reply, headers: { ...reply.headers, ...headersOf(token ?? client) } };
  }

  #ofToken(authorization: string): RateLimit | undefined {
    const { token } = this.requestsPerMinute;
    if (token === undefined) return undefined;
    const limit = this.#ofTokens.get(authorization) ?? new RateLimit(token);
    this.#ofTokens.set(authorization, limit);
    return limit;
  }
}

function refusal(whose: keyof typeof KEYS, allowance: Allowance | undefined): Reply | undefined {
  if (!allowance || allowance.granted) return undefined;
  const { allowed, resetSeconds } = allowance;
  const body = errorBody(
    429,
    'too.many.requests.retry.after',
    `More than ${String(allowed)} requests in a minute; try again in ${String(resetSeconds)} s`,
  );
  const limit = { key: KEYS[whose], namespace: 'platform.api', value: allowed };
  const headers = { 'retry-after': String(resetSeconds) };
  return json(429, { ...body, limit }, { headers, correlationId: body.contextId });
}

function headersOf(allowance: Allowance | undefined): Record<string, string> {
  if (!allowance) return {};
  const { allowed, count, resetSeconds } = allowance;
  return {
    'inin-ratelimit-count': String(count),
    'inin-ratelimit-allowed': String(allowed),
    'inin-ratelimit-reset': String(resetSeconds),
  };
}
