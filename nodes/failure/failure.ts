import {
  type IExecuteData,
  type IExecuteFunctions,
  type INode,
  type INodeExecutionData,
  NodeOperationError,
} from 'n8n-workflow';

import { UpdateError } from '../../core';
import { Ended } from '../../genesys/conversations/attribute-wait';
import type { ParticipantChoice } from '../../genesys/conversations/conversation';
import { excerpt } from '../../genesys/transport/excerpt';
import type { GenesysErrorDetails } from '../../genesys/transport/genesys-error';
import { Cancelled } from './cancelled';
import { codeOf, detailsOf, type FailureCode, telling } from './failure-code';
import type { Circumstances } from './failure-advice';
import { type Told, tell } from './failure-message';
import { HalfDone } from './half-done';
import { InvalidParameter } from '../parameters/invalid-parameter';

/** Why the update of one item did not succeed, for workflows to branch on. */
interface FailureDetails {
  readonly code: FailureCode;
  /** HTTP status of the last reply that counted. */
  readonly status: number | null;
  readonly attempts: number;
  readonly conflicts: number;
  /** What Genesys support asks for, beside the correlation ID. */
  readonly contextId: string | null;
  readonly retryAfterMs: number | null;
  /** Of the request that this is about. */
  readonly method: string | null;
  readonly path: string | null;
  readonly correlationId: string | null;
}

/** What an item is about, as far as that is known. */
export interface Aim {
  /** Set where it is about a resource that is no participant: where that is. */
  readonly path?: string | null | undefined;
  readonly conversationId?: string | null | undefined;
  readonly participant?: ParticipantChoice | undefined;
  /** Whom a look-up has found. */
  readonly participantId?: string | undefined;
}

interface FailedItem extends Aim {
  readonly itemIndex: number;
}

/**
 * What becomes of an item that failed, where the user wants the workflow to go on.
 *
 * @throws {NodeOperationError} where it is to stop.
 */
export function failedItem(
  context: IExecuteFunctions,
  error: unknown,
  item: FailedItem,
  circumstances: Circumstances = {},
): INodeExecutionData {
  // What has been thrown to stop the workflow is not to be explained once more.
  if (error instanceof NodeOperationError) throw error;
  const { details, ...told } = explain(error, item.itemIndex, circumstances);
  const node = context.getNode();
  if (!context.continueOnFail()) throw stopped(node, item.itemIndex, told, details);
  const words = { error: inOne(told), details: { ...details } };
  const pairedItem = { item: item.itemIndex };
  if (node.onError === 'continueErrorOutput') {
    const failed = { json: words, pairedItem };
    return isCopied(context) ? forErrorOutput(node, failed) : failed;
  }
  const json = { outcome: 'failed', error: words.error, ...aimOf(item), details: words.details };
  return { json, pairedItem };
}

/**
 * n8n sends an item to the error output if it carries an error, or has no keys but `error`, `message`
 * and `details`; before 2.35.7 it does not know `details`. Of an item that still carries an error in
 * the end, n8n keeps nothing but the message. This one is there when n8n looks, and is left behind
 * when n8n copies the item to the output, because it is not enumerable.
 */
function forErrorOutput(
  node: INode,
  item: INodeExecutionData & { readonly json: { readonly error: string } },
): INodeExecutionData {
  const error = new NodeOperationError(node, item.json.error);
  return Object.defineProperty(item, 'error', { value: error, enumerable: false });
}

/** Whether n8n copies what goes to the error output: not where the run begins with this node. */
function isCopied(context: {
  readonly getExecuteData?: () => Pick<IExecuteData, 'source'> | undefined;
}): boolean {
  return context.getExecuteData?.()?.source !== null;
}

/** The error that stops the workflow, as n8n's panel shows errors: what happened, what to do, and the details. */
function stopped(
  node: INode,
  itemIndex: number,
  { title, advice }: Told,
  details: FailureDetails,
): NodeOperationError {
  const error = new NodeOperationError(node, title, { itemIndex, description: advice });
  error.context['details'] = details;
  // This is what the panel shows of it.
  error.context['data'] = details;
  return error;
}

function inOne({ title, advice }: Told): string {
  return advice === '' ? `${title}.` : `${title}. ${advice}`;
}

function aimOf({ conversationId = null, participant, participantId, path }: Aim) {
  if (path !== undefined) return { path };
  const chosen = participant && 'id' in participant ? participant.id : null;
  return { conversationId, participantId: participantId ?? chosen };
}

const ENDED = 'It cannot be waited for any longer. What there was at the end, Get tells.';

function explain(
  error: unknown,
  itemIndex: number,
  circumstances: Circumstances,
): Told & { readonly details: FailureDetails } {
  if (error instanceof InvalidParameter) {
    const { advice, complaint, parameter } = error;
    const title = `"${parameter}" of item ${itemIndex}: ${complaint.replace(/\.$/, '')}`;
    return { title, advice, details: details('invalid', undefined, undefined) };
  }
  if (error instanceof Cancelled) {
    return {
      title: error.message,
      advice: '',
      details: details('cancelled', undefined, undefined),
    };
  }
  if (error instanceof HalfDone) {
    return explain(error.failure, itemIndex, { ...circumstances, goal: error.goal });
  }
  if (error instanceof Ended) {
    return {
      title: error.message.replace(/\.$/, ''),
      advice: ENDED,
      details: { ...details('ended', undefined, undefined), attempts: error.reads },
    };
  }
  if (!(error instanceof UpdateError)) {
    // A credential that n8n cannot find or read, or a bug. Neither may pass for a success.
    const message = error instanceof Error ? error.message : String(error);
    const title = excerpt(message.replace(/\.$/, ''));
    return { title, advice: '', details: details('invalid', undefined, undefined) };
  }
  const code = codeOf(error, detailsOf(error.lastFailure));
  const failure = telling(error, code);
  return {
    ...tell(code, error, failure, circumstances),
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
    contextId: idOf(genesys?.contextId),
    retryAfterMs: genesys?.retryAfterMs === undefined ? null : Math.ceil(genesys.retryAfterMs),
    method: genesys?.method ?? null,
    path: genesys?.path ?? null,
    correlationId: idOf(genesys?.correlationId),
  };
}

function idOf(id: string | undefined): string | null {
  return id === undefined ? null : excerpt(id);
}
