import type { StoreError, UpdateError } from '../../core';
import { excerpt } from '../../genesys/transport/excerpt';
import type { GenesysErrorDetails } from '../../genesys/transport/genesys-error';
import { advice, type Circumstances, isUnanswered } from './failure-advice';
import { detailsOf, type FailureCode } from './failure-code';
import { ATTRIBUTES_WRITTEN, titleOf } from './failure-title';
import { count, duration } from './quantities';
import type { Subject } from './subject';

const TOTAL_TIMEOUT = '"Total Timeout (ms)" under "Retry and Backoff"';

/** A failure in words, as n8n parts them. */
export interface Told {
  /** What happened: short, and without a full stop. */
  readonly title: string;
  /** What was said to it and what to do about it, as whole sentences. */
  readonly advice: string;
}

/**
 * What happened, what the server said and what to do about it, for people.
 *
 * @param failure the one that tells most of it
 */
export function tell(
  code: FailureCode,
  error: UpdateError,
  failure: StoreError | undefined,
  circumstances: Circumstances,
): Told {
  const { goal = ATTRIBUTES_WRITTEN, timeoutName, totalTimeoutMs = 0 } = circumstances;
  const genesys = detailsOf(failure);
  if (goal.inVain && error.reason === 'deadline' && !error.lastFailure) {
    const { attempts, elapsedMs } = error.story;
    const spent = `${count(attempts, 'read')} in ${duration(elapsedMs)}`;
    return { title: `${goal.notDone} in time, after ${spent}`, advice: goal.inVain };
  }
  const sentences = [
    standing(error, goal.subject),
    lastWords(error, failure, genesys, goal.subject),
    trouble(error),
    advice(code, error, genesys, circumstances),
  ].map((text) => (timeoutName ? text.replaceAll(TOTAL_TIMEOUT, `"${timeoutName}"`) : text));
  return {
    title: titleOf(code, error, failure, { genesys, goal, totalTimeoutMs }),
    advice: sentences.filter((sentence) => sentence !== '').join(' '),
  };
}

/** What there is now, where nobody can tell who wrote it, or in place of what was accepted. */
function standing({ accepted, stands }: UpdateError, subject: Subject): string {
  const shown = stands ? subject.shown(stands) : [];
  if (shown.length === 0) return '';
  if (accepted) return `By the last read, ${shown.join(', ')}.`;
  return `Now ${shown.join(', ')}. If that is what it was to be, and nobody else sets the same, this item has written it.`;
}

/** The last that was heard, be it from a server, from what stands in between, or from nobody. */
function lastWords(
  error: UpdateError,
  failure: StoreError | undefined,
  genesys: GenesysErrorDetails | undefined,
  { permissionFor }: Subject,
): string {
  if (isUnanswered(error)) return 'No answer came in time.';
  // Then the title has it all.
  if (!failure || !genesys || error.reason === 'refused' || genesys.kind === 'notFound') return '';
  const { code } = genesys;
  if (permissionFor && genesys.kind === 'status') return withoutWords(failure.message, code);
  const words = failure.message.replace(/\.$/, '');
  return `${words}${code ? ` (${excerpt(code)})` : ''}.`;
}

/** Who answered and how, but not in which words, since these may hold a value. */
function withoutWords(message: string, code = ''): string {
  const [answer = ''] = /^.*? answered \d{3}/s.exec(message) ?? [];
  // Nothing else is a code of the platform's.
  const isCode = /^[a-z]+([._][a-z]+)*$/.test(code);
  return `${answer}${isCode ? ` (${code})` : ''}; its words are left out, as they may hold a value.`;
}

/** What it went through that neither the title nor the details tell. */
function trouble({ reason, story }: UpdateError): string {
  const { attempts, conflicts, elapsedMs, waitedMs } = story;
  const isTold = reason === 'permanent' || reason === 'refused';
  const parts = [
    conflicts > 0 ? `met ${count(conflicts, 'conflict')}` : '',
    waitedMs >= 1 ? `waited ${duration(waitedMs)} of ${duration(elapsedMs)}` : '',
  ].filter((part) => part !== '');
  if (isTold || attempts === 0 || parts.length === 0) return '';
  return `In ${count(attempts, 'attempt')} it ${parts.join(' and ')}.`;
}
