import { type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import { UpdateError } from '../../core';
import { GenesysError, type GenesysErrorDetails } from '../../genesys/genesys-error';
import { InvalidParameter } from './parameters/invalid-parameter';

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

/** Why the update of one item did not succeed, as workflows and people see it. */
export interface Failure {
  readonly message: string;
  readonly details: {
    readonly code: FailureCode;
    readonly status: number | null;
    readonly attempts: number;
    readonly conflicts: number;
    readonly contextId: string | null;
    readonly retryAfterMs: number | null;
  };
}

/** `undefined` for an error that no update is known to end with: a bug, which must not be hidden. */
function explain(error: unknown, itemIndex: number): Failure | undefined {
  if (error instanceof InvalidParameter) {
    const where = `"${error.parameter}" of item ${itemIndex}`;
    return failure('invalid', `${where}: ${error.message}`, undefined, undefined);
  }
  if (!(error instanceof UpdateError)) return undefined;
  const cause = error.lastFailure?.cause;
  const details = cause instanceof GenesysError ? cause.details : undefined;
  const code = codeOf(error, details);
  return failure(
    code,
    [headline(error), told(error, details), ADVICE[code]].join(' '),
    error,
    details,
  );
}

/**
 * What becomes of an item that failed: an item for Continue On Fail or the error branch, where the
 * user wants that. n8n sends an item there only if it has no other keys than these.
 *
 * @throws {NodeOperationError} where the workflow is to stop.
 */
export function failedItem(
  context: IExecuteFunctions,
  error: unknown,
  itemIndex: number,
): INodeExecutionData {
  const explained = explain(error, itemIndex);
  if (!explained) throw error;
  const { message, details } = explained;
  if (context.continueOnFail()) {
    return { json: { error: message, details: { ...details } }, pairedItem: { item: itemIndex } };
  }
  const nodeError = new NodeOperationError(context.getNode(), message, { itemIndex });
  nodeError.context['details'] = details;
  throw nodeError;
}

function failure(
  code: FailureCode,
  message: string,
  error: UpdateError | undefined,
  details: GenesysErrorDetails | undefined,
): Failure {
  return {
    message: message.trim(),
    details: {
      code,
      status: details?.status ?? null,
      attempts: error?.story.attempts ?? 0,
      conflicts: error?.story.conflicts ?? 0,
      contextId: details?.contextId ?? null,
      retryAfterMs: details?.retryAfterMs === undefined ? null : Math.ceil(details.retryAfterMs),
    },
  };
}

function codeOf(error: UpdateError, details: GenesysErrorDetails | undefined): FailureCode {
  switch (error.reason) {
    case 'attempts':
      return codeOfFault(error, details);
    case 'permanent':
      return error.lastFailure?.failure.kind === 'conflict' ? 'conflict' : permanentCode(details);
    default:
      return error.reason;
  }
}

function codeOfFault(error: UpdateError, details: GenesysErrorDetails | undefined): FailureCode {
  switch (error.lastFailure?.failure.kind) {
    case 'conflict':
    case 'throttled':
      return error.lastFailure.failure.kind;
    default:
      return details?.kind === 'connection' || details?.kind === 'timeout'
        ? 'unreachable'
        : 'server';
  }
}

function permanentCode(details: GenesysErrorDetails | undefined): FailureCode {
  if (details?.kind === 'notFound' || (details?.status === 404 && !details.signIn)) {
    return 'notFound';
  }
  if (details?.signIn || details?.status === 401) return 'unauthorized';
  switch (details?.status) {
    case 403:
      return 'forbidden';
    case 400:
    case 413:
    case 422:
      return 'invalid';
    default:
      return 'server';
  }
}

/** What happened, how often and how long. */
function headline({ reason, story }: UpdateError): string {
  const attempts = `${story.attempts} ${story.attempts === 1 ? 'attempt' : 'attempts'}`;
  const spent =
    `after ${attempts} in ${seconds(story.elapsedMs)}` +
    ` (${story.conflicts} version ${story.conflicts === 1 ? 'conflict' : 'conflicts'}, ${seconds(story.waitedMs)} of waiting)`;
  switch (reason) {
    case 'indeterminate':
      return `The attributes may or may not have been written: a write got no clear answer, and this could not be settled ${spent}.`;
    case 'refused':
      return 'The attributes were not written.';
    case 'cancelled':
      return `The execution was cancelled ${spent}. The attributes were not written.`;
    case 'deadline':
      return `The attributes were not written: the total timeout was over ${spent}.`;
    case 'throttled':
    case 'attempts':
    case 'permanent':
      return `The attributes were not written ${spent}.`;
  }
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** The last words of the server, with what its support asks for. */
function told(error: UpdateError, details: GenesysErrorDetails | undefined): string {
  if (error.reason === 'refused') return error.message;
  const facts = [
    details?.code,
    details?.contextId && `context ID ${details.contextId}`,
    details?.correlationId && `correlation ID ${details.correlationId}`,
  ].filter(Boolean);
  const words = error.lastFailure?.message;
  if (words === undefined) return '';
  return `Last answer: ${words.replace(/\.?$/, facts.length > 0 ? ` (${facts.join(', ')}).` : '.')}`;
}

/** What to do about it. */
const ADVICE: Record<FailureCode, string> = {
  invalid: 'Check the parameters of this item.',
  notFound: 'Check the conversation and the participant. A call that ended long ago may be gone.',
  unauthorized:
    'Check "Client ID", "Client Secret" and the region in the credential, and that the OAuth client uses the grant type "Client Credentials".',
  forbidden:
    'Give the role of the OAuth client the permission named above, and the OAuth client the scope "conversations".',
  conflict:
    'Raise "Max Attempts" or "Total Timeout (ms)" under "Retry and Backoff", or let fewer systems write to this participant at once.',
  refused: '',
  throttled:
    'Genesys Cloud limits the requests of a client. Raise "Total Timeout (ms)" under "Retry and Backoff" past the wait it asks for, or run this less often.',
  deadline: 'Raise "Total Timeout (ms)" under "Retry and Backoff".',
  indeterminate: 'Read the participant before you rely on either.',
  cancelled: '',
  unreachable: 'Check the region or the addresses in the credential, the network and the proxy.',
  server:
    'Try again later. If it stays, tell Genesys support the context ID or correlation ID above.',
};
