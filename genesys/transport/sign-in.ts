import { createHash } from 'node:crypto';
import * as z from 'zod/v4';

import { type Clock, systemClock } from '../../core';
import type { Connections } from './connections';
import { GenesysError, type GenesysErrorDetails } from './genesys-error';
import { send } from './http';
import { parseReply } from './reply';
import { SingleFlight, type WaitLimits } from './single-flight';

/** Who signs in, and where. */
export interface Account {
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const tokenReply = z.looseObject({
  // Nothing else can be sent in a header (RFC 6749, appendix A.12).
  access_token: z.string().regex(/^[\x20-\x7e]+$/, 'It cannot be sent as a token.'),
  // Only recommended (RFC 6749, section 5.1), and not worth failing for.
  expires_in: z.unknown().transform(lifetimeMs),
});

/** How long a token is used of which nobody has said how long it lives. */
const UNKNOWN_LIFETIME_MS = 3_600_000;

/** A token is renewed when so much of its life is left: this share of it, but no more than a minute. */
const RENEWAL_SHARE = 0.1;
const RENEWAL_LEAD_MS = 60_000;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Kept {
  readonly token: string;
  readonly renewAt: number;
}

/**
 * Access tokens by client credentials, kept in memory for the whole process. An account may have
 * several, counted from 0, each fetched when it is needed. All who need the same one at the same time
 * share one request.
 *
 * @see RFC 6749, section 4.4
 */
export class SignIn {
  private readonly accounts = new Map<string, Map<number, Kept>>();
  private readonly renewals = new SingleFlight<string>();

  constructor(
    private readonly connections: Connections,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * A token that is still good.
   *
   * @throws {GenesysError} with `signIn` set.
   */
  async token(account: Account, limits: WaitLimits, index = 0): Promise<string> {
    const kept = this.good(account, index);
    if (kept !== undefined) return kept;
    return await this.renewals.join(
      renewalOf(account, index),
      // Every waiter has its own limits, and the last one to leave ends the request: the limits of
      // the one who happened to begin it must not be those of all.
      async (signal) => await this.renew(account, index, { timeoutMs: LONGEST_TIMER_MS, signal }),
      limits,
      (why) => gaveUp(account, why),
    );
  }

  /** Whether a token is at hand or on its way. */
  has(account: Account, index: number): boolean {
    return this.good(account, index) !== undefined || this.renewals.has(renewalOf(account, index));
  }

  /** All tokens that are kept of an account, good or not, so that they can be kept out of messages. */
  kept(account: Account): readonly string[] {
    return [...this.tokensOf(account).values()].map(({ token }) => token);
  }

  /** The error for whoever has no more time for a sign-in that is under way, if one is. */
  slowness(account: Account, index = 0): GenesysError | undefined {
    return this.renewals.has(renewalOf(account, index)) ? gaveUp(account, 'timeout') : undefined;
  }

  /** Forgets a token that the API refused, unless it has been renewed already. */
  refused(account: Account, token: string): void {
    const tokens = this.tokensOf(account);
    for (const [index, kept] of tokens) if (kept.token === token) tokens.delete(index);
  }

  private good(account: Account, index: number): string | undefined {
    const kept = this.tokensOf(account).get(index);
    return kept && kept.renewAt > this.clock.now() ? kept.token : undefined;
  }

  private tokensOf(account: Account): Map<number, Kept> {
    const key = keyOf(account);
    const tokens = this.accounts.get(key) ?? new Map<number, Kept>();
    this.accounts.set(key, tokens);
    return tokens;
  }

  private async renew(account: Account, index: number, limits: WaitLimits): Promise<string> {
    const requestedAt = this.clock.now();
    const reply = await signIn(this.connections, account, limits);
    const lifetimeMs = reply.expires_in;
    this.tokensOf(account).set(index, {
      token: reply.access_token,
      renewAt: requestedAt + lifetimeMs - Math.min(lifetimeMs * RENEWAL_SHARE, RENEWAL_LEAD_MS),
    });
    return reply.access_token;
  }
}

/** Names the renewal of one token of an account. */
function renewalOf(account: Account, index: number): string {
  return JSON.stringify([keyOf(account), index]);
}

/** How long a token lives that does so for these seconds. */
function lifetimeMs(seconds: unknown): number {
  const given =
    typeof seconds === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(seconds) ? Number(seconds) : seconds;
  return typeof given === 'number' && given > 0 ? given * 1000 : UNKNOWN_LIFETIME_MS;
}

/** Names an account without holding its secret. */
export function keyOf({ loginUrl, clientId, clientSecret }: Account): string {
  const digest = createHash('sha256').update(clientSecret).digest('base64url');
  return JSON.stringify([loginUrl, clientId, digest]);
}

function gaveUp(account: Account, why: 'timeout' | 'aborted'): GenesysError {
  const what = why === 'timeout' ? 'took too long' : 'was given up';
  const details = { kind: why, ...aimOf(account), sent: false, signIn: true };
  return new GenesysError(`The sign-in at ${account.loginUrl} ${what}.`, details);
}

function tokenUrl({ loginUrl }: Account): string {
  return `${loginUrl}/oauth/token`;
}

function aimOf(account: Account): Pick<GenesysErrorDetails, 'method' | 'path'> {
  return { method: 'POST', path: new URL(tokenUrl(account)).pathname };
}

async function signIn(
  connections: Connections,
  account: Account,
  limits: WaitLimits,
): Promise<z.infer<typeof tokenReply>> {
  const url = tokenUrl(account);
  const { clientId, clientSecret } = account;
  try {
    const reply = await send(connections, {
      method: 'POST',
      url,
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: 'grant_type=client_credentials',
      ...limits,
    });
    return parseReply(reply, tokenReply, { who: url, signIn: true });
  } catch (error) {
    if (!(error instanceof GenesysError)) throw error;
    throw new GenesysError(error.message, {
      ...aimOf(account),
      ...error.details,
      sent: false,
      signIn: true,
    });
  }
}
