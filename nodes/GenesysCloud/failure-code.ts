import type { UpdateError } from '../../core';
import type { GenesysErrorDetails } from '../../genesys/genesys-error';

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
    default:
      return error.reason;
  }
}

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
