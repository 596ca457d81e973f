import type { Address } from './address';
import type { ConversationsApi } from './conversations-api';
import { queueListing, userListing, userSearch } from './directory-api';
import type { Fault } from './faults';
import type { Organisation } from './organisation';
import type { Allowance, RateLimit } from './rate-limit';
import type { Reply } from './replies';
import { errorReply } from './replies';
import type { Tokens } from './tokens';

/** What the API looks at in a request. */
export interface ApiRequest {
  readonly address: Address;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
  /** What goes wrong with it. */
  readonly fault: Fault | undefined;
}

/** Lets requests in: sign-in, bearer token, rate limit. Judges and applies at once, without I/O. */
export class PlatformApi {
  constructor(
    private readonly tokens: Tokens,
    private readonly rateLimit: RateLimit | undefined,
    private readonly conversations: ConversationsApi,
    private readonly organisation: Organisation,
  ) {}

  answer(request: ApiRequest): Reply {
    const { address, authorization, path } = request;
    if (address.operation === 'signIn') return this.tokens.signIn(authorization, request.body);
    if (!path.startsWith('/api/v2/')) return errorReply(404, 'not.found', `Nothing at ${path}`);
    if (authorization === undefined) {
      return errorReply(401, 'authentication.required', 'No bearer token was sent');
    }
    if (!this.tokens.accepts(authorization)) {
      return errorReply(401, 'bad.credentials', 'The token is unknown or has ended');
    }
    const allowance = this.rateLimit?.take();
    if (allowance === undefined) return this.#admit(request);
    const reply = allowance.granted ? this.#admit(request) : tooManyRequests(allowance);
    return { ...reply, headers: { ...reply.headers, ...rateLimitHeaders(allowance) } };
  }

  #admit(request: ApiRequest): Reply {
    switch (request.address.operation) {
      case 'listQueues':
        return queueListing(this.organisation, request.query);
      case 'listUsers':
        return userListing(this.organisation, request.query);
      case 'searchUsers':
        return userSearch(this.organisation, request.body);
      default:
        return this.conversations.answer(request);
    }
  }
}

function tooManyRequests({ allowed, resetSeconds }: Allowance): Reply {
  return errorReply(
    429,
    'too.many.requests.retry.after',
    `More than ${String(allowed)} requests in a minute; try again in ${String(resetSeconds)} s`,
    { 'retry-after': String(resetSeconds) },
  );
}

function rateLimitHeaders({ count, allowed, resetSeconds }: Allowance): Record<string, string> {
  return {
    'inin-ratelimit-count': String(count),
    'inin-ratelimit-allowed': String(allowed),
    'inin-ratelimit-reset': String(resetSeconds),
  };
}
