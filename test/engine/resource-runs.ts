import type { IDataObject } from 'n8n-workflow';

import type { Resource } from '../../simulator';
import { rows } from './set-up';

/** How each kind is addressed. */
const KINDS = {
  groups: { kind: 'PUT /api/v2/groups/{groupId}', id: 'groupId' },
  users: { kind: 'PATCH /api/v2/users/{userId}', id: 'userId' },
  campaigns: { kind: 'PUT /api/v2/outbound/campaigns/{campaignId}', id: 'campaignId' },
};

/** The parameters of an update of a resource. */
export function updating(
  resource: Pick<Resource, 'kind' | 'id'>,
  changes: unknown,
  more: IDataObject = {},
): IDataObject {
  const { id, kind } = KINDS[resource.kind];
  return {
    resource: 'versionedResource',
    operation: 'update',
    kind,
    pathParameters: rows({ [id]: resource.id }),
    changes: typeof changes === 'string' ? changes : JSON.stringify(changes),
    ...more,
  };
}

/**
 * Somebody else writes a field of its own every so many ms, twenty times at most, so that a busy
 * machine gets through in the end, or until told to stop; then gives how often.
 */
export function stranger(resource: Resource, everyMs: number): () => number {
  let written = 0;
  const timer = setInterval(() => {
    if (written < 20) resource.write({ [`stranger${written++}`]: true });
  }, everyMs);
  return () => {
    clearInterval(timer);
    return written;
  };
}
