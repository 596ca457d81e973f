import { type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import { UpdateError } from '../../core';
import { GenesysError, type GenesysErrorDetails } from '../../genesys/genesys-error';
import { messageFor } from './failure-message';
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

/** Why the update of one item did not succeed, for workflows to branch on. */
interface FailureDetails {
  readonly code: FailureCode;
  /** HTTP status of the last reply that counted. */
  readonly status: number | null;
  readonly attempts: number;
  readonly conflicts: number;
  /** What Genesys support asks for. */
  readonly contextId: string | null;
  readonly retryAfterMs: number | null;
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
  const { message, details } = explain(error, itemIndex);
  if (context.continueOnFail()) {
    return { json: { error: message, details: { ...details } }, pairedItem: { item: itemIndex } };
  }
  const nodeError = new NodeOperationError(context.getNode(), message, { itemIndex });
  nodeError.context['details'] = details;
  throw nodeError;
}

/** @throws an error that no update is known to end with: a bug, which must not be hidden. */
function explain(error: unknown, itemIndex: number): { message: string; details: FailureDetails } {
  if (error instanceof InvalidParameter) {
    return {
      message: `"${error.parameter}" of item ${itemIndex}: ${error.message}`,
      details: details('invalid', undefined, undefined),
    };
  }
  if (!(error instanceof UpdateError)) throw error;
  const cause = error.lastFailure?.cause;
  const genesys = cause instanceof GenesysError ? cause.details : undefined;
  const code = codeOf(error, genesys);
  return { message: messageFor(code, error, genesys), details: details(code, error, genesys) };
}

function details(
  code: FailureCode,
  error: UpdateError | undefined,
  genesys: GenesysErrorDetails | undefined,
): FailureDetails {
  return {
    code,
    status: genesys?.status ?? null,
    attempts: error?.story.attempts ?? 0,
    conflicts: error?.story.conflicts ?? 0,
    contextId: genesys?.contextId ?? null,
    retryAfterMs: genesys?.retryAfterMs === undefined ? null : Math.ceil(genesys.retryAfterMs),
  };
}

function codeOf(error: UpdateError, genesys: GenesysErrorDetails | undefined): FailureCode {
  const kind = error.lastFailure?.failure.kind;
  switch (error.reason) {
    case 'attempts':
      return kind === 'conflict' || kind === 'throttled' ? kind : codeOfFault(genesys);
    case 'permanent':
      return kind === 'conflict' ? kind : codeOfRefusal(genesys);
    default:
      return error.reason;
  }
}

function codeOfFault(genesys: GenesysErrorDetails | undefined): FailureCode {
  return genesys?.kind === 'connection' || genesys?.kind === 'timeout' ? 'unreachable' : 'server';
}

function codeOfRefusal(genesys: GenesysErrorDetails | undefined): FailureCode {
  if (genesys?.signIn) return 'unauthorized';
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
