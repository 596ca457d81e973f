/**
 * What went wrong between us and Genesys Cloud.
 *
 * - `connection`: the connection could not be made or broke.
 * - `timeout`: no reply in time.
 * - `status`: a reply with an error status.
 * - `reply`: a reply that is no JSON, such as the page of a proxy.
 * - `shape`: a reply in JSON, but not of the documented shape.
 * - `throttled`: not even sent, because the server asked this client to wait.
 * - `notFound`: the replies are fine, but what was asked for is not in them.
 * - `aborted`: given up at the caller's wish.
 */
export type GenesysErrorKind =
  'connection' | 'timeout' | 'status' | 'reply' | 'shape' | 'throttled' | 'notFound' | 'aborted';

/**
 * What keeps a connection from being made until somebody sees to it.
 *
 * - `certificate`: it is not trusted, or not that of this host.
 * - `name`: there is no such host.
 * - `proxy`: it lets nothing through, or cannot be used.
 */
export type Obstacle = 'certificate' | 'name' | 'proxy';

export interface GenesysErrorDetails {
  readonly kind: GenesysErrorKind;
  /** Whether the API request itself may have reached the server; `false` while still signing in. */
  readonly sent: boolean;
  /** Whether it was the sign-in that failed. */
  readonly signIn?: boolean;
  /** Set where the connection will not be made the next time either. */
  readonly obstacle?: Obstacle;
  /** Of the request that it is about. */
  readonly method?: string;
  readonly path?: string;
  /** HTTP status. */
  readonly status?: number;
  /** The server's own words, which the message of the error has among others. */
  readonly serverMessage?: string;
  /** The server's own error code, e.g. `too.many.requests`. */
  readonly code?: string;
  /** What Genesys support asks for. */
  readonly contextId?: string;
  readonly correlationId?: string;
  readonly retryAfterMs?: number;
  /** Set where the limit that was reached is none of a single access token. */
  readonly isOfClient?: true;
  /** Set where nobody has asked to wait, and the count of what was sent says that it must be. */
  readonly isOwnCount?: true;
}

/** Any failure of talking to Genesys Cloud. The message is fit for users and holds no secret. */
export class GenesysError extends Error {
  override readonly name = 'GenesysError';

  constructor(
    message: string,
    readonly details: GenesysErrorDetails,
  ) {
    super(message);
  }
}
