import type { RequestKind } from './journal';
import { PATHS } from './resource';

/** What a request asks for, told from its method and path alone. */
export type Operation =
  | 'signIn'
  | 'readConversation'
  | 'readParticipant'
  | 'putParticipant'
  | 'patchParticipant'
  | 'patchAttributes'
  | 'readSecure'
  | 'putSecure'
  | 'listCustom'
  | 'readCustom'
  | 'putCustom'
  | 'queryConversations'
  | 'queryActivity'
  | 'associateContact'
  | 'listQueues'
  | 'listUsers'
  | 'searchUsers'
  | 'readResource'
  | 'writeResource'
  | 'unknown';

export interface Address {
  readonly operation: Operation;
  readonly kind: RequestKind;
  readonly conversationId?: string | undefined;
  readonly participantId?: string | undefined;
  /** Of custom attributes. */
  readonly recordId?: string | undefined;
}

const KINDS: Record<Operation, RequestKind> = {
  signIn: 'token',
  readConversation: 'read',
  readParticipant: 'read',
  putParticipant: 'write',
  patchParticipant: 'other',
  patchAttributes: 'write',
  readSecure: 'read',
  putSecure: 'write',
  listCustom: 'read',
  readCustom: 'read',
  putCustom: 'write',
  queryConversations: 'other',
  queryActivity: 'other',
  associateContact: 'write',
  listQueues: 'other',
  listUsers: 'other',
  searchUsers: 'other',
  readResource: 'read',
  writeResource: 'write',
  unknown: 'other',
};

/** What is about no single conversation. */
const ELSEWHERE = new Map<string, Operation>([
  ['POST /oauth/token', 'signIn'],
  ['POST /api/v2/analytics/conversations/details/query', 'queryConversations'],
  ['POST /api/v2/analytics/conversations/activity/query', 'queryActivity'],
  ['GET /api/v2/routing/queues', 'listQueues'],
  ['GET /api/v2/users', 'listUsers'],
  ['POST /api/v2/users/search', 'searchUsers'],
]);

const ASSOCIATION = /^\/api\/v2\/externalcontacts\/conversations\/(?<conversationId>[^/]+)$/;

const CONVERSATION =
  /^\/api\/v2\/conversations\/(?<conversationId>[^/]+)(?:\/participants\/(?<participantId>[^/]+)(?<attributes>\/attributes)?)?$/;

/** What a conversation holds beside its participants. */
const HELD =
  /^\/api\/v2\/conversations\/(?<conversationId>[^/]+)\/(?<what>secureattributes|customattributes)(?:\/(?<recordId>[^/]+))?$/;

const HELD_OPERATIONS = new Map<string, Operation>([
  ['GET secureattributes', 'readSecure'],
  ['PUT secureattributes', 'putSecure'],
  ['GET customattributes', 'listCustom'],
  ['PUT customattributes', 'putCustom'],
  ['GET customattributes/', 'readCustom'],
]);

function heldOperation(method: string, ids: RegExpMatchArray['groups']): Operation | undefined {
  if (ids === undefined) return undefined;
  const what = `${method} ${ids['what'] ?? ''}${ids['recordId'] === undefined ? '' : '/'}`;
  return HELD_OPERATIONS.get(what);
}

const RESOURCE = new RegExp(`^(?:${Object.values(PATHS).join('|')})/[^/]+$`);

const RESOURCE_OPERATIONS = new Map<string, Operation>([
  ['GET', 'readResource'],
  ['PUT', 'writeResource'],
  ['PATCH', 'writeResource'],
]);

const PARTICIPANT_OPERATIONS = new Map<string, Operation>([
  ['GET', 'readParticipant'],
  ['PUT', 'putParticipant'],
  ['PATCH', 'patchParticipant'],
]);

function operationOf(method: string, ids: RegExpMatchArray['groups']): Operation {
  if (ids === undefined) return 'unknown';
  if (ids['attributes'] !== undefined) return method === 'PATCH' ? 'patchAttributes' : 'unknown';
  if (ids['participantId'] !== undefined) return PARTICIPANT_OPERATIONS.get(method) ?? 'unknown';
  return method === 'GET' ? 'readConversation' : 'unknown';
}

/** Finds what a request is about. */
export function addressOf(method: string, path: string): Address {
  const association = method === 'PUT' ? ASSOCIATION.exec(path)?.groups : undefined;
  const held = HELD.exec(path)?.groups;
  const ids = association ?? held ?? CONVERSATION.exec(path)?.groups;
  const operation =
    ELSEWHERE.get(`${method} ${path}`) ??
    (RESOURCE.test(path) ? RESOURCE_OPERATIONS.get(method) : undefined) ??
    heldOperation(method, held) ??
    (association ? 'associateContact' : operationOf(method, ids));
  return {
    operation,
    kind: KINDS[operation],
    conversationId: ids?.['conversationId'],
    participantId: ids?.['participantId'],
    recordId: held?.['recordId'],
  };
}
