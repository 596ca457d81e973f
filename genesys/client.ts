import type * as z from 'zod/v4';

import type { RequestLimits } from '../core';
import { type KindLimits, kindOf } from './limits/kind-limits';
import { type Leave, Leaves } from './limits/leaves';
import type { Limits } from './limits/limits';
import type { LimitsOfClients } from './limits/limits-of-clients';
import type { Connections } from './transport/connections';
import { GenesysError } from './transport/genesys-error';
import { type HttpReply, send } from './transport/http';
import { rateLimitOf } from './transport/rate-limit';
import { redact } from './transport/redact';
import { parseReply } from './transport/reply';
import { type Account, keyOf, type SignIn } from './transport/sign-in';

/** One OAuth client of one organisation. */
export interface ClientSettings extends Account {
  readonly apiUrl: string;
  /** So many requests are sent with one access token in any 60 seconds at most. */
  readonly requestsPerMinute: number;
  /** So many access tokens share the requests; default 1. */
  readonly tokens?: number;
}

/** A call of the API. */
export interface ApiRequest {
  /** A POST only asks: nothing is changed by it here. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Begins with `/api/v2/`; every part that comes from outside is encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What all clients of a process share, so that they share tokens, budget and each other's 429. */
export interface SharedByClients {
  readonly connections: Connections;
  readonly signIn: SignIn;
  readonly limits: LimitsOfClients;
}

/** Calls the API in the name of one OAuth client. */
export class GenesysClient {
  /** Names the client in maps, without its secret. */
  readonly key: string;
  readonly limits: Limits;
  readonly leaves: Leaves;
  private readonly kindsOf: (token: number) => KindLimits;
  /** Private to the runtime too: an object that is logged must not show the secret. */
  readonly #settings: ClientSettings;

  constructor(
    settings: ClientSettings,
    private readonly shared: SharedByClients,
  ) {
    this.#settings = settings;
    this.key = JSON.stringify([settings.apiUrl, keyOf(settings)]);
    const { requestsPerMinute, tokens = 1 } = settings;
    const { limits, kindsOf } = shared.limits.of(this.key, { requestsPerMinute, tokens });
    this.limits = limits;
    this.kindsOf = kindsOf;
    this.leaves = new Leaves(settings, shared.signIn, limits, kindsOf);
  }

  /**
   * Sends a request and checks its reply. A token that is refused is renewed. A read is then sent
   * again, once; a write is not, since signing in takes time, in which somebody may have left for
   * whom it was made.
   *
   * @throws {GenesysError}
   */
  async call<Body>(
    request: ApiRequest,
    schema: z.ZodType<Body>,
    limits: RequestLimits,
  ): Promise<Body> {
    const used: Leave[] = [];
    try {
      const reply = await this.exchange(request, limits, used);
      return parseReply(reply, schema, { who: this.host, signIn: false });
    } catch (error) {
      if (!(error instanceof GenesysError)) throw error;
      const { status } = error.details;
      const heeded = status === 429 ? this.leaves.heed429(error, used.at(-1)) : error;
      throw this.told(heeded, request, used);
    }
  }

  /** What of the address of the API is worth telling: all of it, where it is not only a host. */
  private get host(): string {
    const { apiUrl } = this.#settings;
    const { host, pathname } = new URL(apiUrl);
    return pathname === '/' ? host : apiUrl;
  }

  private async exchange(
    request: ApiRequest,
    limits: RequestLimits,
    used: Leave[],
  ): Promise<HttpReply> {
    const endsAt = performance.now() + limits.timeoutMs;
    const kind = kindOf(request.method, request.path);
    const remaining = () => ({
      ...limits,
      timeoutMs: this.leaves.stillAllowed(endsAt, limits.signal),
    });
    for (;;) {
      const leave = await this.leaves.get(kind, limits.permit, remaining);
      used.push(leave);
      let reply: HttpReply;
      try {
        reply = await this.send(request, kind, leave, remaining());
      } finally {
        leave.answered();
      }
      if (reply.status !== 401) return reply;
      this.leaves.refused(leave);
      if (used.length > 1 || !isRead(request)) return reply;
    }
  }

  private async send(
    { body, method, path }: ApiRequest,
    kind: string,
    { budget, token }: Leave,
    { signal, timeoutMs }: RequestLimits,
  ): Promise<HttpReply> {
    const kinds = this.kindsOf(budget);
    const answered = kinds.send(kind);
    try {
      const reply = await send(this.shared.connections, {
        method,
        url: this.#settings.apiUrl + path,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        timeoutMs,
        // A write that is under way is seen to its end.
        ...(isRead({ method }) && signal && { signal }),
      });
      kinds.heed(kind, rateLimitOf(reply.header), reply.status < 300);
      return reply;
    } finally {
      answered();
    }
  }

  /** An error as it may be told: with what it is about, and without any secret. */
  private told(
    error: GenesysError,
    { method, path }: ApiRequest,
    used: readonly Leave[],
  ): GenesysError {
    const { apiUrl, clientId, clientSecret } = this.#settings;
    const tokens = [...used.map(({ token }) => token), ...this.shared.signIn.kept(this.#settings)];
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const about = { method, path: new URL(apiUrl + path).pathname };
    const located = new GenesysError(error.message, { ...about, ...error.details });
    return redact(located, [...tokens, basic, clientSecret]);
  }
}

function isRead({ method }: Pick<ApiRequest, 'method'>): boolean {
  return method === 'GET' || method === 'POST';
}
