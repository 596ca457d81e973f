import type * as z from 'zod/v4';

import { onAbort, type Permit, type RequestLimits } from '../core';
import type { Connections } from './transport/connections';
import { excerpt } from './transport/excerpt';
import { GenesysError, type GenesysErrorDetails } from './transport/genesys-error';
import { type HttpReply, send } from './transport/http';
import { type KindLimits, kindOf, type ToldLimit } from './limits/kind-limits';
import type { Limits, TokenPermit } from './limits/limits';
import type { LimitsOfClients } from './limits/limits-of-clients';
import { rateLimitOf } from './transport/rate-limit';
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

/** For so long, in ms, tokens are done without that were not to be had, where there is another. */
const SIGN_IN_PAUSE_MS = 10_000;

const AFTER_429 =
  'Genesys Cloud had asked this client to wait (429). For a minute after that, requests leave evenly spaced.';

/** What all clients of a process share, so that they share tokens, budget and each other's 429. */
export interface SharedByClients {
  readonly connections: Connections;
  readonly signIn: SignIn;
  readonly limits: LimitsOfClients;
}

/** Leave to send one request. */
interface Leave {
  /** The token to send it with: which one of the client's, and its text. */
  readonly budget: number;
  readonly token: string;
  /** To call when its answer has come or will not come any more. */
  readonly answered: () => void;
}

/** Calls the API in the name of one OAuth client. */
export class GenesysClient {
  /** Names the client in maps, without its secret. */
  readonly key: string;
  readonly limits: Limits;
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
  }

  /** What Genesys Cloud allows one token of this client, where that is less than the credential does. */
  get smallerLimit(): ToldLimit | undefined {
    return this.tokens
      .map((token) => this.kindsOf(token).smallerLimit)
      .find((limit) => limit !== undefined);
  }

  /** The error for whoever has no more time for a sign-in of this client that is under way, if one is. */
  get slowSignIn(): GenesysError | undefined {
    return this.tokens
      .map((token) => this.shared.signIn.slowness(this.#settings, token))
      .find((error) => error !== undefined);
  }

  /** The error for whoever has no more time to wait for leave to send. */
  get noLeave(): GenesysError {
    const closed = this.limits.closed();
    if (closed?.cause instanceof GenesysError) return closed.cause;
    return new GenesysError(this.limits.isRecovering ? AFTER_429 : this.usedUp, {
      kind: 'throttled',
      sent: false,
    });
  }

  /** The numbers of the client's tokens. */
  private get tokens(): readonly number[] {
    return Array.from({ length: this.limits.tokens }, (_, token) => token);
  }

  /** Says whose limit it is that is used up. */
  private get usedUp(): string {
    const told = this.smallerLimit;
    return told
      ? `The ${told.requests} requests a minute are used up that Genesys Cloud allows (inin-ratelimit-allowed, in replies to "${told.kind}").`
      : 'The requests a minute that the credential allows are used up.';
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
      const heeded = error.details.status === 429 ? this.heed(error, used.at(-1)) : error;
      throw this.withoutSecrets(heeded, request, used);
    }
  }

  /**
   * Stops what a 429 is about: the token that met it, or all of them where it names a limit that they
   * share, or where there was none to be had.
   *
   * @returns the error for whoever met it, who need not wait where another token may send sooner
   */
  private heed(error: GenesysError, met: Leave | undefined): GenesysError {
    const { isOfClient, retryAfterMs = 0, signIn } = error.details;
    const token = isOfClient || signIn ? undefined : met?.budget;
    this.limits.close(retryAfterMs, token);
    const othersWaitMs = token === undefined ? Infinity : this.limits.closedForMs(token);
    if (othersWaitMs >= retryAfterMs) return error;
    return new GenesysError(error.message, { ...error.details, retryAfterMs: othersWaitMs });
  }

  /** What of the address of the API is worth telling: all of it, where it is not only a host. */
  private get host(): string {
    const { apiUrl } = this.#settings;
    const { host, pathname } = new URL(apiUrl);
    return pathname === '/' ? host : apiUrl;
  }

  private aimOf({ method, path }: ApiRequest): Pick<GenesysErrorDetails, 'method' | 'path'> {
    return { method, path: new URL(this.#settings.apiUrl + path).pathname };
  }

  private async exchange(
    request: ApiRequest,
    limits: RequestLimits,
    used: Leave[],
  ): Promise<HttpReply> {
    const endsAt = performance.now() + limits.timeoutMs;
    const remaining = () => ({ ...limits, timeoutMs: this.stillAllowed(endsAt, limits.signal) });
    for (;;) {
      const leave = await this.leaveFor(request, limits.permit, remaining);
      used.push(leave);
      let reply: HttpReply;
      try {
        reply = await this.send(request, leave, remaining());
      } finally {
        leave.answered();
      }
      if (reply.status !== 401) return reply;
      this.shared.signIn.refused(this.#settings, leave.token);
      if (used.length > 1 || !isRead(request)) return reply;
    }
  }

  /** By the permit that was got beforehand, as long as its token may send; else by one for this request alone. */
  private async leaveFor(
    { method, path }: ApiRequest,
    beforehand: Permit | undefined,
    remaining: () => RequestLimits,
  ): Promise<Leave> {
    let permit = beforehand;
    let budget = permit?.budget ?? this.limits.next;
    let own: TokenPermit | undefined;
    try {
      for (;;) {
        const token = this.limits.isClosed(budget)
          ? undefined
          : await this.tokenOf(budget, remaining());
        // It may have been closed meanwhile.
        if (token !== undefined && !this.limits.isClosed(budget)) {
          this.kindsOf(budget).check(kindOf(method, path));
          const answered = permit?.use();
          if (answered) return { budget, token, answered };
        }
        own?.giveBack();
        permit = own = await this.permitForOne(remaining());
        ({ budget } = own);
      }
    } finally {
      own?.giveBack();
    }
  }

  /**
   * @returns `undefined` where that token is not to be had, and another is, or is on its way: those that
   * are not are done without for a while.
   * @throws {GenesysError} where there is no other, or no time is left
   */
  private async tokenOf(index: number, limits: RequestLimits): Promise<string | undefined> {
    const { signIn } = this.shared;
    try {
      return await signIn.token(this.#settings, limits, index);
    } catch (error) {
      if (!(error instanceof GenesysError) || error.details.kind === 'aborted') throw error;
      const missing = this.tokens.filter((token) => !signIn.has(this.#settings, token));
      if (missing.length === this.limits.tokens) throw error;
      const { kind, retryAfterMs = SIGN_IN_PAUSE_MS } = error.details;
      for (const token of missing) this.limits.doWithout(token, retryAfterMs);
      if (kind === 'timeout') throw error;
      return undefined;
    }
  }

  private async send(
    { body, method, path }: ApiRequest,
    { budget, token }: Leave,
    { signal, timeoutMs }: RequestLimits,
  ): Promise<HttpReply> {
    const kind = kindOf(method, path);
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

  /** For a request that nobody got a permit for beforehand. */
  private async permitForOne({ signal, timeoutMs }: RequestLimits): Promise<TokenPermit> {
    const giveUp = new AbortController();
    const timer = setTimeout(() => {
      giveUp.abort();
    }, timeoutMs);
    const stopListening = onAbort(signal, () => {
      giveUp.abort();
    });
    try {
      return await this.limits.urgentPermit(1, giveUp.signal);
    } catch {
      throw signal?.aborted
        ? new GenesysError('The request was given up.', { kind: 'aborted', sent: false })
        : this.noLeave;
    } finally {
      clearTimeout(timer);
      stopListening();
    }
  }

  /** Milliseconds left. Asked before each request, so that none is sent in vain or against a 429. */
  private stillAllowed(endsAt: number, signal: AbortSignal | undefined): number {
    if (signal?.aborted) {
      throw new GenesysError('The request was given up.', { kind: 'aborted', sent: false });
    }
    const closed = this.limits.closed();
    if (closed) throw closed.cause;
    const leftMs = endsAt - performance.now();
    if (leftMs > 0) return leftMs;
    throw new GenesysError('There was no time left to send the request.', {
      kind: 'timeout',
      sent: false,
    });
  }

  /** A server may repeat what it was sent in its message, which may be long; users and logs must not see that. */
  private withoutSecrets(
    error: GenesysError,
    request: ApiRequest,
    used: readonly Leave[],
  ): GenesysError {
    const { clientId, clientSecret } = this.#settings;
    const tokens = [...used.map(({ token }) => token), ...this.shared.signIn.kept(this.#settings)];
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const hide = (text: string) =>
      [...tokens, basic, clientSecret].reduce(
        (shown, secret) => shown.replaceAll(secret, '[hidden]'),
        text,
      );
    const { serverMessage = '', code, contextId, correlationId } = error.details;
    const words = hide(serverMessage);
    // Not cut before: half a secret would not be found.
    const message = hide(error.message).replace(words, () => excerpt(words));
    return new GenesysError(message, {
      ...this.aimOf(request),
      ...error.details,
      ...(words && { serverMessage: words }),
      ...(code !== undefined && { code: hide(code) }),
      ...(contextId !== undefined && { contextId: hide(contextId) }),
      ...(correlationId !== undefined && { correlationId: hide(correlationId) }),
    });
  }
}

function isRead({ method }: Pick<ApiRequest, 'method'>): boolean {
  return method === 'GET' || method === 'POST';
}
