import { onAbort, type Permit, type RequestLimits } from '../../core';
import { GenesysError } from '../transport/genesys-error';
import type { Account, SignIn } from '../transport/sign-in';
import type { KindLimits, ToldLimit } from './kind-limits';
import type { Limits } from './limits';
import type { TokenPermit } from './permit-queue';

/** For so long, in ms, tokens are done without that were not to be had, where there is another. */
const SIGN_IN_PAUSE_MS = 10_000;

const AFTER_429 =
  'Genesys Cloud had asked this client to wait (429). For a minute after that, requests leave evenly spaced.';

/** Leave to send one request. */
export interface Leave {
  /** The token to send it with: which one of the client's, and its text. */
  readonly budget: number;
  readonly token: string;
  /** To call when its answer has come or will not come any more. */
  readonly answered: () => void;
}

/** Gives one client leave to send requests: each with a token that may send now, and a place within its limits. */
export class Leaves {
  /** Private to the runtime too: an object that is logged must not show the secret. */
  readonly #account: Account;

  /** @param kindsOf the limits of single kinds of requests, of one of the client's tokens */
  constructor(
    account: Account,
    private readonly signIn: SignIn,
    private readonly limits: Limits,
    private readonly kindsOf: (token: number) => KindLimits,
  ) {
    this.#account = account;
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
      .map((token) => this.signIn.slowness(this.#account, token))
      .find((error) => error !== undefined);
  }

  /** The error for whoever has no more time to wait for leave. */
  get noneInTime(): GenesysError {
    const closed = this.limits.closed();
    if (closed?.cause instanceof GenesysError) return closed.cause;
    return new GenesysError(this.limits.isRecovering ? AFTER_429 : this.usedUp, {
      kind: 'throttled',
      sent: false,
    });
  }

  /**
   * By the permit that was got beforehand, as long as its token may send; else by one for this request
   * alone.
   *
   * @param kind of the request
   * @param remaining the limits of the request as they are then
   * @throws {GenesysError} or what `remaining` throws
   */
  async get(
    kind: string,
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
          this.kindsOf(budget).check(kind);
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
   * Milliseconds left until `endsAt`. Asked before each request, so that none is sent in vain or against a 429.
   *
   * @throws {GenesysError} where there are none
   */
  stillAllowed(endsAt: number, signal: AbortSignal | undefined): number {
    if (signal?.aborted) throw givenUp();
    const closed = this.limits.closed();
    if (closed) throw closed.cause;
    const leftMs = endsAt - performance.now();
    if (leftMs > 0) return leftMs;
    throw new GenesysError('There was no time left to send the request.', {
      kind: 'timeout',
      sent: false,
    });
  }

  /** The API has refused the token. */
  refused({ token }: Leave): void {
    this.signIn.refused(this.#account, token);
  }

  /**
   * Stops what a 429 is about: the token that met it, or all of them where it names a limit that they
   * share, or where there was none to be had.
   *
   * @returns the error for whoever met it, who need not wait where another token may send sooner
   */
  heed429(error: GenesysError, met: Leave | undefined): GenesysError {
    const { isOfClient, retryAfterMs = 0, signIn } = error.details;
    const token = isOfClient || signIn ? undefined : met?.budget;
    this.limits.close(retryAfterMs, token);
    const othersWaitMs = token === undefined ? Infinity : this.limits.closedForMs(token);
    if (othersWaitMs >= retryAfterMs) return error;
    return new GenesysError(error.message, { ...error.details, retryAfterMs: othersWaitMs });
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
   * @returns `undefined` where that token is not to be had, and another is, or is on its way: those that
   * are not are done without for a while.
   * @throws {GenesysError} where there is no other, or no time is left
   */
  private async tokenOf(index: number, limits: RequestLimits): Promise<string | undefined> {
    try {
      return await this.signIn.token(this.#account, limits, index);
    } catch (error) {
      if (!(error instanceof GenesysError) || error.details.kind === 'aborted') throw error;
      const missing = this.tokens.filter((token) => !this.signIn.has(this.#account, token));
      if (missing.length === this.limits.tokens) throw error;
      const { kind, retryAfterMs = SIGN_IN_PAUSE_MS } = error.details;
      for (const token of missing) this.limits.doWithout(token, retryAfterMs);
      if (kind === 'timeout') throw error;
      return undefined;
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
      throw signal?.aborted ? givenUp() : this.noneInTime;
    } finally {
      clearTimeout(timer);
      stopListening();
    }
  }
}

function givenUp(): GenesysError {
  return new GenesysError('The request was given up.', { kind: 'aborted', sent: false });
}
