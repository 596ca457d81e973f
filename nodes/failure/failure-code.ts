import type { StoreError, UpdateError } from '../../core';
import { GenesysError, type GenesysErrorDetails } from '../../genesys/transport/genesys-error';

/** The codes that workflows branch on. */
export type FailureCode =
  | 'invalid'
  | 'notFound'
  | 'unauthorized'
  | 'forbidden'
  | 'conflict'
  | 'refused'
  | 'throttled'
  | 'deadline'
  | 'indeterminate'
  | 'ended'
  | 'cancelled'
  | 'unreachable'
  | 'server';

/** The code of an update that did not succeed. */
export function codeOf(error: UpdateError, genesys: GenesysErrorDetails | undefined): FailureCode {
  const kind = error.lastFailure?.failure.kind;
  switch (error.reason) {
    case 'attempts':
      return kind === 'conflict' || kind === 'throttled'
        ? kind
        : isOutOfReach(genesys)
          ? 'unreachable'
          : 'server';
    case 'permanent':
      return kind === 'conflict' ? kind : codeOfRefusal(genesys);
    case 'deadline':
      return troubleOf(error) ?? 'deadline';
    default:
      return error.reason;
  }
}

/** The failure that tells most of why an update ended: not that it was cut short when its time was up. */
export function telling({ failures, lastFailure }: UpdateError, code: FailureCode) {
  return code === 'unreachable' || code === 'server'
    ? (failures.at(-1) ?? lastFailure)
    : lastFailure;
}

/** What Genesys Cloud has told of a failure, where it was one of its own. */
export function detailsOf(failure: StoreError | undefined): GenesysErrorDetails | undefined {
  return failure?.cause instanceof GenesysError ? failure.cause.details : undefined;
}

/**
 * What has kept an update from getting anywhere until its time was up, where there was nothing else:
 * lost connections, or replies of no use.
 */
function troubleOf({ accepted, failures, written }: UpdateError): FailureCode | undefined {
  if (accepted || written || failures.length === 0) return undefined;
  const all = failures.map(detailsOf);
  if (all.every(isOutOfReach)) return 'unreachable';
  return all.every((details) => isOutOfReach(details) || isOfNoUse(details)) ? 'server' : undefined;
}

/** Whether the reply was one that says nothing about what was asked for. */
function isOfNoUse(genesys: GenesysErrorDetails | undefined): boolean {
  const { kind, status = 0 } = genesys ?? {};
  return kind === 'reply' || (kind === 'status' && (status >= 500 || PASSING.has(status)));
}

/** Statuses below 500 after which the same is tried again. */
const PASSING: ReadonlySet<number> = new Set([408, 421, 423, 425, 499]);

/** Whether there was no connection, or no reply over it. */
export function isOutOfReach(genesys: GenesysErrorDetails | undefined): boolean {
  const { kind, obstacle } = genesys ?? {};
  return kind === 'connection' || kind === 'timeout' || obstacle !== undefined;
}

function codeOfRefusal(genesys: GenesysErrorDetails | undefined): FailureCode {
  if (genesys?.signIn) return saysUnauthorized(genesys) ? 'unauthorized' : 'server';
  if (genesys?.kind === 'notFound') return 'notFound';
  switch (genesys?.status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 400:
    case 413:
    case 422:
      return 'invalid';
    default:
      return 'server';
  }
}

/** Whether a login host refuses the client (RFC 6749, section 5.2), and is not just another host. */
function saysUnauthorized({ kind, status }: GenesysErrorDetails): boolean {
  return kind === 'status' && (status === 400 || status === 401 || status === 403);
}
