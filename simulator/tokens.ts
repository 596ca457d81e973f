import { randomBytes } from 'node:crypto';
import type { Reply } from './replies';
import { json } from './replies';

/** Signs one client in and knows the tokens it was given. */
export class Tokens {
  readonly #basic: string;
  /** Monotonic time in ms at which each live token ends. */
  readonly #endsAt = new Map<string, number>();

  constructor(
    clientId: string,
    clientSecret: string,
    private readonly lifetimeSeconds: number,
  ) {
    this.#basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  }

  /** Answers a client credentials request. */
  signIn(authorization: string | undefined, form: unknown): Reply {
    if (credentials('basic', authorization) !== this.#basic) {
      return json(401, {
        error: 'invalid_client',
        error_description: 'Client id and secret do not match',
      });
    }
    const grant = new URLSearchParams(typeof form === 'string' ? form : '').get('grant_type');
    if (grant !== 'client_credentials') {
      return json(400, {
        error: 'unsupported_grant_type',
        error_description: 'Only client_credentials is served here',
      });
    }
    const token = randomBytes(32).toString('base64url');
    this.#endsAt.set(token, performance.now() + this.lifetimeSeconds * 1000);
    return json(
      200,
      { access_token: token, token_type: 'bearer', expires_in: this.lifetimeSeconds },
      { applied: true },
    );
  }

  accepts(authorization: string | undefined): boolean {
    const token = credentials('bearer', authorization);
    return (this.#endsAt.get(token ?? '') ?? 0) > performance.now();
  }

  expireAll(): void {
    this.#endsAt.clear();
  }
}

function credentials(scheme: string, authorization = ''): string | undefined {
  const [given, value] = authorization.split(' ');
  return given?.toLowerCase() === scheme ? value : undefined;
}
