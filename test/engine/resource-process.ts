/**
 * One process of several, on its own: sets so many names in each of some records, one update for each,
 * all at once, without n8n around it. Ends by itself when nothing keeps it alive any more.
 *
 * Arguments: the settings as JSON. Prints as JSON what each update was told, record by record.
 */
import type { Change } from '../../core';
import { Shared } from '../../genesys/shared';
import { attributeChange } from '../../genesys/stores/attribute-change';
import { customAttributes, type CustomTarget } from '../../genesys/stores/json/custom-attributes';
import { jsonChange } from '../../genesys/stores/json/json-change';
import { type JsonTarget, versionedJson } from '../../genesys/stores/json/versioned-json';
import { secureAttributes } from '../../genesys/stores/secure-attributes';
import { versionedRecord } from '../../genesys/stores/versioned-record';
import type { VersionedResource } from '../../genesys/stores/versioned-store';
import { type Account, clientOf } from '../genesys/client-of';
import { POLICY } from './lone-client';
import { startingSignal } from './run-processes';

/** A record, by what it is. */
export type RecordSettings =
  | { readonly secureAttributes: string }
  | { readonly customAttributes: CustomTarget }
  | { readonly resource: JsonTarget };

export interface ResourceProcessSettings extends Account {
  readonly records: readonly RecordSettings[];
  /** What to set in each of them, each to its own name. */
  readonly names: readonly string[];
}

/** What an update was told. */
export interface Told {
  readonly outcome: string;
  readonly version: number | null;
}

type Setting = (name: string) => Promise<Told>;

const setAttribute = (name: string) =>
  attributeChange({
    set: new Map([[name, name]]),
    remove: new Set(),
    conflictPolicy: 'overwrite',
    condition: { kind: 'always' },
  });

const setField = (name: string) =>
  jsonChange({ patch: { [name]: name }, conflictPolicy: 'overwrite', expected: new Map() });

function settingIn(account: Account): (record: RecordSettings) => Setting {
  const shared = new Shared();
  const client = clientOf(account, shared);
  const by = <Reply, Raw, Note>(
    resource: VersionedResource<Reply, Raw>,
    changeOf: (name: string) => Change<Raw, Note>,
  ): Setting => {
    const located = versionedRecord(client, shared, resource);
    return async (name) => {
      const { outcome, snapshot } = await shared.lanes.update<Raw, Note>(
        () => Promise.resolve(located),
        changeOf(name),
        POLICY,
      );
      return { outcome, version: snapshot.version };
    };
  };
  return (record) => {
    if ('secureAttributes' in record) {
      return by(secureAttributes(record.secureAttributes), setAttribute);
    }
    return 'customAttributes' in record
      ? by(customAttributes(record.customAttributes), setField)
      : by(versionedJson(record.resource), setField);
  };
}

async function main({ names, records, ...account }: ResourceProcessSettings): Promise<void> {
  const settings = records.map(settingIn(account));
  await startingSignal();
  const told = await Promise.all(
    settings.map(async (set) => await Promise.all(names.map(async (name) => await set(name)))),
  );
  process.stdout.write(JSON.stringify(told));
}

void main(JSON.parse(process.argv[2] ?? '') as ResourceProcessSettings);
