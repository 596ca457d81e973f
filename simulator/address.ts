import type { RequestKind } from './journal';

/** What a request asks for, told from its method and path alone. */
export type Operation =
  | 'signIn'
  | 'readConversation'
  | 'readParticipant'
  | 'putParticipant'
  | 'patchParticipant'
  | 'patchAttributes'
  | 'queryConversations'
  | 'unknown';

export interface Address {
  readonly operation: Operation;
  readonly kind: RequestKind;
  readonly conversationId?: string | undefined;
  readonly participantId?: string | undefined;
}

const KINDS: Record<Operation, RequestKind> = {
  signIn: 'token',
  readConversation: 'read',
  readParticipant: 'read',
  putParticipant: 'write',
  patchParticipant: 'other',
  patchAttributes: 'write',
  queryConversations: 'other',
  unknown: 'other',
};

const CONVERSATION_DETAILS = '/api/v2/analytics/conversations/details/query';

const CONVERSATION =
  /^\/api\/v2\/conversations\/(?<conversationId>[^/]+)(?:\/participants\/(?<participantId>[^/]+)(?<attributes>\/attributes)?)?$/;

const PARTICIPANT_OPERATIONS = new Map<string, Operation>([
  ['GET', 'readParticipant'],
  ['PUT', 'putParticipant'],
  ['PATCH', 'patchParticipant'],
]);

function operationOf(method: string, path: string, ids: RegExpMatchArray['groups']): Operation {
  if (path === '/oauth/token' && method === 'POST') return 'signIn';
  if (path === CONVERSATION_DETAILS && method === 'POST') return 'queryConversations';
  if (ids === undefined) return 'unknown';
  if (ids['attributes'] !== undefined) return method === 'PATCH' ? 'patchAttributes' : 'unknown';
  if (ids['participantId'] !== undefined) return PARTICIPANT_OPERATIONS.get(method) ?? 'unknown';
  return method === 'GET' ? 'readConversation' : 'unknown';
}

/** Finds what a request is about. */
export function addressOf(method: string, path: string): Address {
  const ids = CONVERSATION.exec(path)?.groups;
  const operation = operationOf(method, path, ids);
  return {
    operation,
    kind: KINDS[operation],
    conversationId: ids?.['conversationId'],
    participantId: ids?.['participantId'],
  };
}
