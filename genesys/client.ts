import type * as z from 'zod/v4';

import type { RequestLimits } from '../core';
import { Gate } from './gate';
import { GenesysError } from './genesys-error';
import { type HttpReply, send } from './http';
import { parseReply } from './reply';
import { type Account, keyOf, SignIn } from './sign-in';

/** One OAuth client of one organisation. */
export interface ClientSettings extends Account {
  readonly apiUrl: string;
}

/** A call of the API. */
export interface ApiRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH';
  /** Begins with `/api/v2/`; every part that comes from outside is encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Shared by all executions of the process, so that they share tokens and heed each other's 429. */
const signIn = new SignIn();
const gates = new Map<string, Gate>();

/** Calls the API in the name of one OAuth client. */
export class GenesysClient {
  private readonly gate: Gate;

  /** Names the client in maps, without its secret. */
  readonly key: string;
  /** Private to the runtime too: an object that is logged must not show the secret. */
  readonly #settings: ClientSettings;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.key = JSON.stringify([settings.apiUrl, keyOf(settings)]);
    this.gate = gates.get(this.key) ?? new Gate();
    gates.set(this.key, this.gate);
  }

  /**
   * Sends a request and checks its reply. A token that is refused is renewed once, and the request
   * is sent again: a 401 is given before anything is applied.
   *
   * @throws {GenesysError}
   */
  async call<Body>(
    request: ApiRequest,
    schema: z.ZodType<Body>,
    limits: RequestLimits,
  ): Promise<Body> {
    const tokens: string[] = [];
    try {
      const reply = await this.exchange(request, limits, tokens);
      return parseReply(reply, schema, {
        what: `${request.method} ${request.path}`,
        signIn: false,
      });
    } catch (error) {
      if (!(error instanceof GenesysError)) throw error;
      if (error.details.status === 429) this.gate.close(error.details.retryAfterMs ?? 0);
      throw this.withoutSecrets(error, tokens);
    }
  }

  private async exchange(
    request: ApiRequest,
    limits: RequestLimits,
    tokens: string[],
  ): Promise<HttpReply> {
    const endsAt = performance.now() + limits.timeoutMs;
    const remaining = () => ({ ...limits, timeoutMs: this.stillAllowed(endsAt, limits.signal) });
    for (;;) {
      const token = await signIn.token(this.#settings, remaining());
      tokens.push(token);
      const reply = await send({
        method: request.method,
        url: this.#settings.apiUrl + request.path,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(request.body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
        timeoutMs: remaining().timeoutMs,
        // A write that is under way is seen to its end.
        ...(request.method === 'GET' && limits.signal && { signal: limits.signal }),
      });
      if (reply.status !== 401) return reply;
      signIn.refused(this.#settings, token);
      if (tokens.length > 1) return reply;
    }
  }

  /** Milliseconds left. Asked before each request, so that none is sent in vain or against a 429. */
  private stillAllowed(endsAt: number, signal: AbortSignal | undefined): number {
    if (signal?.aborted) {
      throw new GenesysError('The request was given up.', { kind: 'aborted', sent: false });
    }
    const retryAfterMs = this.gate.closedForMs();
    if (retryAfterMs > 0) {
      throw new GenesysError('Genesys Cloud has asked this client to wait (429).', {
        kind: 'throttled',
        sent: false,
        retryAfterMs,
      });
    }
    const leftMs = endsAt - performance.now();
    if (leftMs > 0) return leftMs;
    throw new GenesysError('There was no time left to send the request.', {
      kind: 'timeout',
      sent: false,
    });
  }

  /** A server may repeat what it was sent in its message; users and logs must not see it. */
  private withoutSecrets(error: GenesysError, tokens: readonly string[]): GenesysError {
    const { clientId, clientSecret } = this.#settings;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const hide = (text: string) =>
      [...tokens, basic, clientSecret].reduce(
        (shown, secret) => shown.replaceAll(secret, '[hidden]'),
        text,
      );
    const { serverMessage, code, contextId, correlationId } = error.details;
    return new GenesysError(hide(error.message), {
      ...error.details,
      ...(serverMessage !== undefined && { serverMessage: hide(serverMessage) }),
      ...(code !== undefined && { code: hide(code) }),
      ...(contextId !== undefined && { contextId: hide(contextId) }),
      ...(correlationId !== undefined && { correlationId: hide(correlationId) }),
    });
  }
}
