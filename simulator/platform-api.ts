import type { Address } from './address';
import type { ConversationsApi } from './conversations-api';
import { queueListing, userListing, userSearch } from './directory-api';
import type { Fault } from './faults';
import type { Organisation } from './organisation';
import type { RateLimits } from './rate-limits';
import type { Reply } from './replies';
import { errorReply } from './replies';
import type { ResourcesApi } from './resources-api';
import type { Tokens } from './tokens';

/** What the API looks at in a request. */
export interface ApiRequest {
  readonly address: Address;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
  /** What goes wrong with it. */
  readonly fault: Fault | undefined;
}

/** Lets requests in: sign-in, bearer token, rate limits. Judges and applies at once, without I/O. */
export class PlatformApi {
  constructor(
    private readonly tokens: Tokens,
    private readonly rateLimits: RateLimits,
    private readonly conversations: ConversationsApi,
    private readonly resources: ResourcesApi,
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
    return this.rateLimits.answer(authorization, () => this.#admit(request));
  }

  #admit(request: ApiRequest): Reply {
    switch (request.address.operation) {
      case 'listQueues':
        return queueListing(this.organisation, request.query);
      case 'listUsers':
        return userListing(this.organisation, request.query);
      case 'searchUsers':
        return userSearch(this.organisation, request.body);
      case 'readResource':
      case 'writeResource':
        return this.resources.answer(request);
      default:
        return this.conversations.answer(request);
    }
  }
}
