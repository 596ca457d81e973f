import { randomUUID } from 'node:crypto';
import type { ReplyFault } from './faults';

/** An answer, ready to be sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for none. */
  readonly body: string;
  /** Whether answering has changed something. */
  readonly applied: boolean;
}

const DEFAULT_CODES = new Map([
  [400, 'bad.request'],
  [401, 'bad.credentials'],
  [403, 'not.authorized'],
  [404, 'not.found'],
  [405, 'method.not.allowed'],
  [408, 'client.timeout'],
  [409, 'request.conflict'],
  [413, 'request.entity.too.large'],
  [415, 'unsupported.media.type'],
  [429, 'too.many.requests.retry.after'],
  [501, 'not.implemented'],
  [502, 'bad.gateway'],
  [503, 'service.unavailable'],
  [504, 'request.timeout'],
]);

interface JsonReplyOptions {
  headers?: Record<string, string>;
  correlationId?: string;
  applied?: boolean;
}

/** A reply with a JSON body. */
export function json(status: number, document: unknown, options: JsonReplyOptions = {}): Reply {
  const { headers, correlationId = randomUUID(), applied = false } = options;
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'inin-correlation-id': correlationId,
      ...headers,
    },
    body: JSON.stringify(document),
    applied,
  };
}

/** 202 without a body: taken, and applied. */
export function accepted(): Reply {
  return {
    status: 202,
    headers: { 'inin-correlation-id': randomUUID() },
    body: '',
    applied: true,
  };
}

/** An error with the platform's error body; its context id is also the correlation id. */
export function errorReply(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Reply {
  const body = errorBody(status, code, message);
  return json(status, body, { headers, correlationId: body.contextId });
}

/** The platform's error body. */
export function errorBody(status: number, code: string, message: string) {
  return { message, code, status, contextId: randomUUID(), details: [], errors: [] };
}

/** A web page, as a proxy answers in the platform's place: without a correlation id. */
export function page(status: number, html: string): Reply {
  return { status, headers: { 'content-type': 'text/html' }, body: html, applied: false };
}

/** The answer that a fault prescribes. */
export function orderedReply(fault: ReplyFault): Reply {
  const { status, body, contentType = 'application/json' } = fault;
  const headers = {
    ...(fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter }),
    ...fault.headers,
  };
  if (body === undefined && status >= 400) {
    const code = fault.code ?? DEFAULT_CODES.get(status) ?? 'internal.server.error';
    return errorReply(status, code, fault.message ?? `Ordered failure ${String(status)}`, headers);
  }
  return {
    status,
    headers: { 'content-type': contentType, 'inin-correlation-id': randomUUID(), ...headers },
    body: body ?? '',
    applied: false,
  };
}
