import type { StoreError, UpdateError } from '../../core';
import { readable } from '../../genesys/stores/attributes';
import { excerpt, quoted } from '../../genesys/transport/excerpt';
import type { GenesysErrorDetails } from '../../genesys/transport/genesys-error';
import type { ToldLimit } from '../../genesys/limits/kind-limits';
import { byAttribute } from '../../genesys/stores/participant-parts';
import { advice } from './failure-advice';
import { detailsOf, type FailureCode } from './failure-code';
import { count, duration } from './quantities';

/** What an update was run under, for what is said of it. */
export interface Circumstances {
  readonly totalTimeoutMs?: number;
  /** What Genesys Cloud allows, where that is less than the credential does. */
  readonly smallerLimit?: ToldLimit | undefined;
}

/** A timer may go off so many ms early. */
const TIMER_SLACK_MS = 5;

/**
 * What happened, what the server said and what to do about it, for people.
 *
 * @param failure the one that tells most of it
 */
export function messageFor(
  code: FailureCode,
  error: UpdateError,
  failure: StoreError | undefined,
  circumstances: Circumstances,
): string {
  const genesys = detailsOf(failure);
  return [
    headline(code, error, circumstances),
    standing(error),
    lastAnswer(error, failure, genesys),
    advice(code, error, genesys, circumstances.smallerLimit),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function headline(
  code: FailureCode,
  { accepted, reason, story, written }: UpdateError,
  { totalTimeoutMs = 0 }: Circumstances,
): string {
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
      if (code !== reason) return `The attributes were not written ${spent}.`;
      return story.elapsedMs < totalTimeoutMs - TIMER_SLACK_MS
        ? `The attributes were not written: the total timeout left no time for another attempt ${spent}.`
        : `The attributes were not written: the total timeout was reached ${spent}.`;
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
    value === null || value === ''
      ? `${quoted(name)} is missing`
      : `${quoted(name)} is ${quoted(readable(value))}`,
  );
  return `Now ${shown.join(', ')}. If that is a value that nobody else sets, this item has written it.`;
}

/** The last words of the server, with the ids that its support asks for. */
function lastAnswer(
  error: UpdateError,
  failure: StoreError | undefined,
  genesys: GenesysErrorDetails | undefined,
): string {
  if (error.reason === 'refused') return error.message;
  if (!failure) {
    return error.reason === 'throttled' ? 'Too many updates of this participant wait already.' : '';
  }
  const { code, contextId, correlationId } = genesys ?? {};
  const facts = [
    excerpt(code ?? ''),
    contextId ? `context ID ${excerpt(contextId)}` : '',
    correlationId && correlationId !== contextId ? `correlation ID ${excerpt(correlationId)}` : '',
  ].filter((fact) => fact !== '');
  const words = failure.message.replace(/\.$/, '');
  const label = genesys?.kind === 'throttled' ? 'Reason' : 'Last answer';
  return `${label}: ${words}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}.`;
}
