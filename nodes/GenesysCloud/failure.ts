import { type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import { UpdateError } from '../../core';
import { excerpt } from '../../genesys/transport/excerpt';
import type { GenesysErrorDetails } from '../../genesys/transport/genesys-error';
import { Cancelled } from './cancelled';
import { codeOf, detailsOf, type FailureCode, telling } from './failure-code';
import { type Circumstances, messageFor } from './failure-message';
import { InvalidParameter } from './parameters/invalid-parameter';

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
  circumstances: Circumstances = {},
): INodeExecutionData {
  // What has been thrown to stop the workflow is not to be explained once more.
  if (error instanceof NodeOperationError) throw error;
  const { message, details } = explain(error, itemIndex, circumstances);
  if (context.continueOnFail()) {
    return { json: { error: message, details: { ...details } }, pairedItem: { item: itemIndex } };
  }
  const nodeError = new NodeOperationError(context.getNode(), message, { itemIndex });
  nodeError.context['details'] = details;
  throw nodeError;
}

function explain(
  error: unknown,
  itemIndex: number,
  circumstances: Circumstances,
): { message: string; details: FailureDetails } {
  if (error instanceof InvalidParameter) {
    return {
      message: `"${error.parameter}" of item ${itemIndex}: ${error.complaint}`,
      details: details('invalid', undefined, undefined),
    };
  }
  if (error instanceof Cancelled) {
    return { message: error.message, details: details('cancelled', undefined, undefined) };
  }
  if (!(error instanceof UpdateError)) {
    // A credential that n8n cannot find or read, or a bug. Neither may pass for a success.
    const message = error instanceof Error ? error.message : String(error);
    return { message: excerpt(message), details: details('invalid', undefined, undefined) };
  }
  const code = codeOf(error, detailsOf(error.lastFailure));
  const failure = telling(error, code);
  return {
    message: messageFor(code, error, failure, circumstances),
    details: details(code, error, detailsOf(failure)),
  };
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
