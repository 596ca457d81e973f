import type { UpdateError } from '../../core';
import type { GenesysErrorDetails, Obstacle } from '../../genesys/transport/genesys-error';
import type { ToldLimit } from '../../genesys/limits/kind-limits';
import { type FailureCode, isOutOfReach } from './failure-code';
import { ATTRIBUTES_WRITTEN, type Goal } from './failure-title';
import { duration } from './quantities';
import type { Subject } from './subject';

/** What an update was run under, for what is said of it. */
export interface Circumstances {
  readonly totalTimeoutMs?: number;
  /** Default: that the attributes are written. */
  readonly goal?: Goal;
  /** The parameter that says how long it may take, where it is not "Total Timeout (ms)". */
  readonly timeoutName?: string | undefined;
  /** What Genesys Cloud allows, where that is less than the credential does. */
  readonly smallerLimit?: ToldLimit | undefined;
  /** Whether requests still leave evenly spaced after a 429. */
  readonly isRecovering?: boolean;
}

/** What to do about an update that did not succeed. */
export function advice(
  code: FailureCode,
  error: UpdateError,
  genesys: GenesysErrorDetails | undefined,
  circumstances: Circumstances,
): string {
  const { subject } = circumstances.goal ?? ATTRIBUTES_WRITTEN;
  const { noun } = subject;
  if (code === 'deadline' && error.story.attempts === 0) {
    return withoutTurn(error, noun, circumstances);
  }
  // Time alone may not tell: what somebody else has set back looks like what was there before.
  if (code === 'deadline' && error.accepted) {
    return `Reads may be behind, or somebody else has written there since: read the ${noun} before you rely on either. Where reads are only slow, raise "Total Timeout (ms)" under "Retry and Backoff".`;
  }
  if (isUnanswered(error)) return TOO_SLOW;
  if (code === 'throttled' && !error.lastFailure) {
    return `Send fewer updates of one ${noun} at once.`;
  }
  if (code === 'throttled' && genesys?.isOwnCount) {
    return `There is room for the next in ${duration(genesys.retryAfterMs ?? 0)}. ${withFewerRequests(noun)}`;
  }
  if (code === 'throttled' && genesys?.retryAfterMs) {
    return `Genesys Cloud asks this client to send nothing for another ${duration(genesys.retryAfterMs)}; until then, updates with less time than that fail at once. ${ADVICE.throttled}`;
  }
  if (code === 'notFound' && genesys) return whereToLook(genesys, subject);
  if (code === 'unreachable' && genesys?.obstacle) return OBSTACLES[genesys.obstacle];
  // Time was spent on something else than conflicts: more of it would not help.
  if (code === 'deadline' && error.lastFailure?.failure.kind === 'transient') {
    // The time was short, or the answer was slow: who knows.
    if (genesys?.kind === 'timeout') return TOO_SLOW;
    return isOutOfReach(genesys) ? ADVICE.unreachable : ADVICE.server;
  }
  const isUnreadable = genesys?.kind === 'reply';
  if (code === 'server' && genesys?.signIn && (isUnreadable || error.reason === 'permanent')) {
    return 'What answered is perhaps no login host: check the region or the "Login URL" in the credential.';
  }
  if (code === 'server' && isUnreadable) {
    return ELSEWHERE;
  }
  if (code === 'server' && genesys?.retryAfterMs) {
    return `What answered asks to be left alone for ${duration(genesys.retryAfterMs)}. ${ADVICE.server}`;
  }
  if (code === 'conflict' && error.reason === 'permanent') {
    return 'This conflict is not about the version, so trying again does not help.';
  }
  if (code === 'forbidden') {
    const scope = scopeFor(genesys?.path);
    const permission = subject.permissionFor?.(genesys?.method ?? '');
    const which = permission ? `"${permission}"` : unnamed(error.lastFailure?.message);
    return `Give a role of the OAuth client the permission ${which}${scope ? `, and the OAuth client the scope "${scope}"` : ''}.`;
  }
  const failure = error.lastFailure?.failure;
  const lacksVersion = failure?.kind === 'permanent' && failure.lacksVersion;
  if (lacksVersion || genesys?.status === 405) {
    return subject.unfit?.(genesys?.path) ?? ADVICE.server;
  }
  // Genesys Cloud redirects nobody.
  if (code === 'server' && Math.trunc((genesys?.status ?? 0) / 100) === 3) return ELSEWHERE;
  switch (code) {
    case 'notFound':
      return subject.whereToLook;
    case 'conflict':
      return `Raise "Max Attempts" or "Total Timeout (ms)" under "Retry and Backoff", or let fewer systems write to this ${noun} at once.`;
    case 'indeterminate':
      return `Read the ${noun} before you rely on either.`;
    default:
      return ADVICE[code];
  }
}

/** A permission that only the words of the server may name, e.g. `conversation:communication:view`. */
function unnamed(words = ''): string {
  return /\b[a-z]\w*:[a-z]\w*:[a-z*]/i.test(words)
    ? 'that is named above'
    : 'for this (docs/credential.md lists them)';
}

/** The scope for a path, where it is known. */
function scopeFor(path = ''): string | undefined {
  return SCOPES.find(([part]) => path.includes(part))?.[1];
}

const SCOPES = [
  ['/externalcontacts/', 'external-contacts'],
  ['/analytics/', 'analytics'],
  ['/api/v2/conversations', 'conversations'],
] as const;

function whereToLook(
  { contextId, correlationId, kind, code }: GenesysErrorDetails,
  subject: Subject,
): string {
  if (kind === 'notFound') {
    return 'Choose somebody else in "Participant". If they are yet to come, raise "Patience for What Is New (ms)" under "Retry and Backoff".';
  }
  const isOfGenesys = contextId ?? correlationId ?? code;
  return isOfGenesys === undefined
    ? `${subject.whereToLook} What answered is perhaps not Genesys Cloud: check the region or the "API URL" in the credential as well.`
    : subject.whereToLook;
}

function withFewerRequests(noun: string): string {
  return `Raise "Total Timeout (ms)" under "Retry and Backoff" (to more than 60000 where a minute is used up), change fewer ${noun}s at once, or ask Genesys for a higher limit.`;
}

/** Whether its time was up while a request was on its way, before anything else went wrong. */
export function isUnanswered({
  accepted,
  lastFailure,
  reason,
  story,
  written,
}: UpdateError): boolean {
  return reason === 'deadline' && !lastFailure && story.attempts > 0 && !accepted && !written;
}

const TOO_SLOW =
  'Raise "Total Timeout (ms)" under "Retry and Backoff". If it is long already, check the region or the addresses in the credential, the network and the proxy.';

/** Of an update that has sent nothing. */
function withoutTurn({ story }: UpdateError, noun: string, circumstances: Circumstances): string {
  // Else most of its time went into something else than waiting for leave to send.
  if (story.waitedMs * 2 > story.elapsedMs) return waitedForTurn(circumstances, noun);
  return `It did not get its turn: another update of this ${noun} was under way, or finding the ${noun} took that long. Raise "Total Timeout (ms)" under "Retry and Backoff".`;
}

function waitedForTurn(
  { isRecovering = false, smallerLimit }: Circumstances,
  noun: string,
): string {
  if (isRecovering) {
    return `Genesys Cloud had asked this client to wait (429), and for a minute after that requests leave evenly spaced. Raise "Total Timeout (ms)" under "Retry and Backoff", change fewer ${noun}s at once, or give other systems an OAuth client of their own.`;
  }
  return smallerLimit
    ? `It waited for its turn within the ${smallerLimit.requests} requests a minute that Genesys Cloud allows one access token (inin-ratelimit-allowed, in replies to "${smallerLimit.kind}"); "Requests per Minute" in the credential is more than that. ${withFewerRequests(noun)}`
    : 'It waited for its turn within "Requests per Minute" in the credential. Raise "Total Timeout (ms)" under "Retry and Backoff" (to more than 60000 where a minute is used up), or "Requests per Minute" if your organization allows more, or "Access Tokens".';
}

const ELSEWHERE =
  'What answered is perhaps not Genesys Cloud: check the region or the "API URL" in the credential, and the proxy, or try again later.';

const ADVICE: Record<
  Exclude<FailureCode, 'conflict' | 'forbidden' | 'indeterminate' | 'notFound'>,
  string
> = {
  invalid: 'Check the parameters of this item.',
  unauthorized:
    'Check "Client ID", "Client Secret" and the region in the credential, and that the OAuth client has the grant type "Client Credentials".',
  refused: '',
  throttled:
    'Try again after that. If it happens often, lower "Requests per Minute" in the credential, or give other systems an OAuth client of their own. For short waits, raise "Total Timeout (ms)" under "Retry and Backoff".',
  deadline: 'Raise "Total Timeout (ms)" under "Retry and Backoff".',
  ended: '',
  cancelled: '',
  unreachable: 'Check the region or the addresses in the credential, the network and the proxy.',
  server:
    'Try again later. If it stays so, give Genesys support the context ID and the correlation ID in the details.',
};

const OBSTACLES: Record<Obstacle, string> = {
  certificate:
    'n8n does not trust the certificate of that address. Where your company or its proxy signs certificates itself, put its CA into a file, name that file in NODE_EXTRA_CA_CERTS in the environment of n8n, and start n8n anew.',
  name: 'Where n8n runs, that name is not known. Check the region or the addresses in the credential, and the DNS of that machine.',
  proxy:
    'Check the proxy in the environment of n8n (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY), with its user and password, or name this host in NO_PROXY.',
};
