import type { UpdateError } from '../../core';
import type { GenesysErrorDetails } from '../../genesys/genesys-error';
import { byAttribute } from '../../genesys/participant-parts';
import { advice } from './failure-advice';
import type { FailureCode } from './failure-code';
import { count, duration } from './quantities';

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
