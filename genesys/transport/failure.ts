import { type Failure, StoreError } from '../../core';
import { GenesysError, type GenesysErrorDetails } from './genesys-error';

/**
 * What the update loop may do about an error, by what was asked and how it failed.
 *
 * Errors that are not Genesys' pass through: they are bugs.
 *
 * @param isConflict whether a 400 or 409 to a write says that the version has moved on
 */
export function storeError(
  error: unknown,
  during: 'read' | 'write',
  isConflict = namesVersion,
): unknown {
  if (!(error instanceof GenesysError)) return error;
  // Nothing is applied while signing in, whatever it answers: like a read.
  const failure = classify(error, error.details.signIn ? 'read' : during, isConflict);
  return new StoreError(error.message, failure, { cause: error });
}

function classify(
  { details }: GenesysError,
  during: 'read' | 'write',
  isConflict: typeof namesVersion,
): Failure<never> {
  const unsure = passing(details, during);
  switch (details.kind) {
    case 'connection':
    case 'timeout':
    case 'aborted':
    case 'reply':
      return unsure;
    case 'shape':
      // The same question will get the same answer.
      return during === 'read' ? { kind: 'permanent' } : unsure;
    case 'throttled':
      return { kind: 'throttled', retryAfterMs: details.retryAfterMs ?? 0 };
    case 'notFound':
      return { kind: 'permanent', isAbsent: true };
    case 'status':
      return classifyStatus(details, during, unsure, isConflict);
  }
}

/** Something that passes: harmless unless a write may have got through. */
function passing(
  { sent, retryAfterMs, obstacle }: GenesysErrorDetails,
  during: 'read' | 'write',
): Failure<never> {
  return {
    kind: during === 'write' && sent ? 'ambiguous' : 'transient',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(obstacle && { lasting: true }),
  };
}

function classifyStatus(
  details: GenesysErrorDetails,
  during: 'read' | 'write',
  unsure: Failure<never>,
  isConflict: typeof namesVersion,
): Failure<never> {
  const { status } = details;
  switch (status) {
    case 429:
      return { kind: 'throttled', retryAfterMs: details.retryAfterMs ?? 0 };
    case 401:
      return during === 'write' ? { kind: 'expired' } : { kind: 'permanent' };
    case 404:
      // Of a sign-in it says nothing about the record.
      return { kind: 'permanent', ...(!details.signIn && { isAbsent: true }) };
    case 412:
      // That a precondition has failed (RFC 9110, section 15.5.13); the version is the only one.
      return during === 'read' ? { kind: 'permanent' } : { kind: 'conflict', namesVersion: true };
    case 409:
      if (during === 'read') return { kind: 'permanent' };
      return { kind: 'conflict', namesVersion: isConflict(details) };
    case 400:
      return during === 'write' && isConflict(details)
        ? { kind: 'conflict', namesVersion: true }
        : { kind: 'permanent', ...(during === 'write' && { aboutContent: true }) };
    case 413:
    case 422:
      return { kind: 'permanent', ...(during === 'write' && { aboutContent: true }) };
    case 407:
    case 421:
    case 423:
    case 425:
      // Refused before anything was done, and not for good: by a proxy, for the connection, because
      // somebody holds a lock, or because it came before the connection was safe.
      return { ...unsure, kind: 'transient' };
    case 408:
    case 499:
      // Whoever stands between has given up waiting.
      return unsure;
    case 501:
    case 505:
      return { kind: 'permanent' };
    default:
      // Proxies in front of the API have codes of their own (520, 524 …) for what got lost behind them.
      return status !== undefined && status >= 500 ? unsure : { kind: 'permanent' };
  }
}

/** What a server has answered, as far as it tells a conflict from other failures. */
export type ServerAnswer = Pick<GenesysErrorDetails, 'status' | 'code' | 'serverMessage'>;

/** Whether the platform says with a 400 or 409 that the version has moved on. */
export function namesVersion({ status, code = '', serverMessage = '' }: ServerAnswer): boolean {
  if (saysConflict(code)) return true;
  return status === 409 ? saysVersion(code, serverMessage) : saysMismatch(serverMessage);
}

/** Not `request.conflict`, which every operation declares for whatever it does not want to do. */
const CONFLICT_CODES = new Set([
  'general.conflict',
  'version.conflict',
  'invalid.update.wrong.version',
  'conversation.error.secure.attribute.conflict',
  'conversation.custom.attributes.version.conflict',
]);

/** The codes by which one part or another of the platform reports a version that is out of date. */
function saysConflict(code: string): boolean {
  return CONFLICT_CODES.has(code) || /\bversion\.(conflict|mismatch)$/.test(code);
}

function saysVersion(code: string, message: string): boolean {
  return /version/i.test(code) || /version/i.test(message);
}

function saysMismatch(message: string): boolean {
  return /not match the (current|latest) version|version (mismatch|conflict)/i.test(message);
}
