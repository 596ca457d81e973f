import type { GenesysClient } from '../client';
import { spelt } from '../conversations/ids';

/** What a record is: its kind, and the IDs that tell it from all others of that kind. */
export interface What {
  readonly kind: 'participant' | 'resource';
  readonly ids: readonly string[];
}

/** Names a record in the name of one client, however its IDs are spelt. */
export function recordName(client: GenesysClient, { kind, ids }: What): string {
  return JSON.stringify([client.key, kind, ...ids.map(spelt)]);
}
