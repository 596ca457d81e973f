import type { Located } from '../../core';
import type { GenesysClient } from '../client';
import { recordName } from './record';
import { type MergingServers, type VersionedResource, VersionedStore } from './versioned-store';

/** A versioned resource as a record: where it is is known, and how it is written. */
export function versionedRecord<Reply, Raw>(
  client: GenesysClient,
  { merging }: { readonly merging: MergingServers },
  resource: VersionedResource<Reply, Raw>,
): Located<Raw> {
  const { path, variant = '', written } = resource;
  const nameOf = (at: string) => recordName(client, { kind: 'resource', ids: at.split('/') });
  const record = nameOf(path);
  return {
    key: `${record} ${written.method} ${nameOf(written.path)} ${variant}`,
    record,
    client: client.key,
    store: new VersionedStore(client, resource, merging),
  };
}
