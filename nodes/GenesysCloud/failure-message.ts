import type { UpdateError } from '../../core';
import type { GenesysErrorDetails } from '../../genesys/genesys-error';
import { byAttribute } from '../../genesys/participant-parts';
import { type FailureCode, isOutOfReach } from './failure-code';

/** What happened, what the server said and what to do about it, for people. */
export function messageFor(
  code: FailureCode,
  error: UpdateError,
  genesys: GenesysErrorDetails | undefined,
): string {
  return [
    headline(error),
    standing(error),
    lastAnswer(error, genesys),
    advice(code, error, genesys),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function headline({ accepted, reason, story, written }: UpdateError): string {
  const spent =
    `after ${count(story.attempts, 'attempt')} in ${duration(story.elapsedMs)}` +
    ` (${count(story.conflicts, 'conflict')}, ${duration(story.waitedMs)} of waiting)`;
  if (accepted) {
    return `The attributes were accepted, not yet seen: reading did not show them ${spent}.`;
  }
  if (written) {
    return `The attributes were written, but somebody else wrote to some of them since, and that was not settled ${spent}.`;
  }
  switch (reason) {
    case 'indeterminate':
      return `The attributes may or may not have been written: a write got no clear answer, and reading did not settle it, ${spent}.`;
    case 'cancelled':
      return `The execution was cancelled ${spent}. The attributes were not written.`;
    case 'deadline':
      return `The attributes were not written: the total timeout was reached ${spent}.`;
    case 'permanent':
    case 'refused':
      return 'The attributes were not written.';
    case 'throttled':
    case 'attempts':
      return `The attributes were not written ${spent}.`;
  }
}

/** What there is now, where nobody can tell who wrote it. */
function standing({ stands }: UpdateError): string {
  const attributes = [...byAttribute(stands ?? new Map<string, string | null>())];
  if (attributes.length === 0) return '';
  const shown = attributes.map(([name, value]) =>
    value === null || value === '' ? `"${name}" is missing` : `"${name}" is "${value}"`,
  );
  return `Now ${shown.join(', ')}. If that is a value that nobody else sets, this item has written it.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.ceil(ms / 60_000)} min`;
}

/** The last words of the server, with the ids that its support asks for. */
function lastAnswer(error: UpdateError, genesys: GenesysErrorDetails | undefined): string {
  if (error.reason === 'refused') return error.message;
  if (!error.lastFailure) {
    return error.reason === 'throttled' ? 'Too many updates of this participant wait already.' : '';
  }
  const { code, contextId, correlationId } = genesys ?? {};
  const facts = [
    code ?? '',
    contextId ? `context ID ${contextId}` : '',
    correlationId && correlationId !== contextId ? `correlation ID ${correlationId}` : '',
  ].filter((fact) => fact !== '');
  const words = error.lastFailure.message.replace(/\.$/, '');
  const label = genesys?.kind === 'throttled' ? 'Reason' : 'Last answer';
  return `${label}: ${words}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}.`;
}

function advice(
  code: FailureCode,
  error: UpdateError,
  genesys: GenesysErrorDetails | undefined,
): string {
  if (code === 'deadline' && error.story.attempts === 0) {
    return error.story.waitedMs > 0
      ? 'It waited for its turn within "Requests per Minute" in the credential. Raise "Total Timeout (ms)" under "Retry and Backoff" (to more than 60000 where a minute is used up), or "Requests per Minute" if your organization allows more.'
      : 'It did not get its turn: another update of this participant was under way. Raise "Total Timeout (ms)" under "Retry and Backoff".';
  }
  if (code === 'throttled' && !error.lastFailure) {
    return 'Send fewer updates of one participant at once.';
  }
  if (code === 'throttled' && genesys?.retryAfterMs) {
    return `Genesys Cloud asks this client to send nothing for another ${duration(genesys.retryAfterMs)}; until then, updates with less time than that fail at once. ${ADVICE.throttled}`;
  }
  // Time was spent on something else than conflicts: more of it would not help.
  if (code === 'deadline' && error.lastFailure?.failure.kind === 'transient') {
    if (genesys?.kind === 'timeout' && !genesys.sent && !genesys.signIn) return ADVICE.deadline;
    return isOutOfReach(genesys) ? ADVICE.unreachable : ADVICE.server;
  }
  if (code === 'server' && error.reason === 'permanent' && genesys?.signIn) {
    return 'What answered is perhaps no login host: check the region or the "Login URL" in the credential.';
  }
  if (code === 'conflict' && error.reason === 'permanent') {
    return 'This conflict is not about the version, so trying again does not help.';
  }
  return ADVICE[code];
}

const ADVICE: Record<FailureCode, string> = {
  invalid: 'Check the parameters of this item.',
  notFound: 'Check the conversation and the participant. A call that ended long ago may be gone.',
  unauthorized:
    'Check "Client ID", "Client Secret" and the region in the credential, and that the OAuth client has the grant type "Client Credentials".',
  forbidden:
    'Give a role of the OAuth client the permission that is named above, and the OAuth client the scope "conversations".',
  conflict:
    'Raise "Max Attempts" or "Total Timeout (ms)" under "Retry and Backoff", or let fewer systems write to this participant at once.',
  refused: '',
  throttled:
    'Try again after that. If it happens often, lower "Requests per Minute" in the credential, or give other systems an OAuth client of their own. For short waits, raise "Total Timeout (ms)" under "Retry and Backoff".',
  deadline: 'Raise "Total Timeout (ms)" under "Retry and Backoff".',
  indeterminate: 'Read the participant before you rely on either.',
  cancelled: '',
  unreachable: 'Check the region or the addresses in the credential, the network and the proxy.',
  server: 'Try again later. If it stays so, give Genesys support the IDs above.',
};
