import type * as z from 'zod/v4';

import {
  type Change as CoreChange,
  difference,
  Lanes,
  type RequestLimits,
  StoreError,
  UpdateError,
} from '../../../../core';
import type { ApiRequest, GenesysClient } from '../../../../genesys/client';
import type { JsonObject } from '../../../../genesys/stores/json/json';
import {
  jsonChange,
  type JsonNote,
  type WantedJson,
} from '../../../../genesys/stores/json/json-change';
import { documentOf, jsonParts } from '../../../../genesys/stores/json/json-parts';
import { mergePatch } from '../../../../genesys/stores/json/merge-patch';
import { valueAt } from '../../../../genesys/stores/json/pointer';
import { type JsonRaw, versionedJson } from '../../../../genesys/stores/json/versioned-json';
import { VersionedStore } from '../../../../genesys/stores/versioned-store';
import type { Change, Flat, Store } from '../../../core/flat';
import { heedingRetryAfter, type Implementation } from '../../../core/history/implementation';
import { type Call, type Content, goalOf } from '../../../core/history/operation';

/** How the resource is shown and written. */
export interface Served {
  readonly method: 'PUT' | 'PATCH';
  /** Whether a write is answered with nothing of the resource, and perhaps only accepted. */
  readonly isSilent?: boolean | 'accepting';
}

/** The updates of a versioned resource by this package, over records of the model: values are in `/fields`. */
export function resourceUpdates(served: Served): Implementation {
  return heedingRetryAfter((surroundings) => {
    const lanes = new Lanes<JsonRaw, JsonNote | Content>(surroundings);
    const merging = new Set<string>();
    const platforms = new Map<string, Platform>();
    return async ({ key, store }, change, policy, signal, call) => {
      const platform = platforms.get(key) ?? new Platform(served);
      platforms.set(key, platform);
      const resource = {
        ...versionedJson({ kind: 'thing', method: served.method, path: `/api/v2/${key}` }),
        ...(served.isSilent === 'accepting' && ({ onlyAccepts: true } as const)),
      };
      const located = { key, store: new VersionedStore(platform.client(store), resource, merging) };
      const wanted = call && wantedBy(call);
      const wish: CoreChange<JsonRaw, JsonNote | Content> = wanted
        ? jsonChange(wanted)
        : onFields(change);
      try {
        const { note, snapshot, ...result } = await lanes.update(
          () => Promise.resolve(located),
          wish,
          policy,
          signal,
        );
        const report = isNote(note) && call ? reportOf(call, note) : (note as Content);
        const state = fieldsOf(documentOf(snapshot.parts));
        return { ...result, report, snapshot: { state, version: snapshot.version } };
      } catch (error) {
        throw error instanceof UpdateError && error.reason === 'refused' && wanted
          ? inFewWords(error)
          : error;
      }
    };
  });
}

/** One client's platform: it answers requests for one record with what the model has of it. */
class Platform {
  /** What was shown at each version, from which a write goes on. */
  private readonly shown = new Map<number | null, Content>();

  constructor(private readonly served: Served) {}

  client(store: Store<Content>): GenesysClient {
    const call = async <Body>(
      { body, method }: ApiRequest,
      schema: z.ZodType<Body>,
      limits: RequestLimits,
    ): Promise<Body> => {
      if (method === 'GET') return schema.parse(this.document(await store.read(limits)));
      // Where two writers undo each other, a PATCH has no fields.
      const { fields = {}, version } = body as { fields?: JsonObject; version: number };
      const base = { state: this.shown.get(version) ?? {}, version };
      const next = method === 'PATCH' ? mergePatch(base.state, fields) : fields;
      const { snapshot } = await store.write(next as Content, base, limits).catch(withoutCurrent);
      return schema.parse(snapshot && !this.served.isSilent ? this.document(snapshot) : undefined);
    };
    const about = () => undefined;
    return { key: 'client', limits: { about }, call } as unknown as GenesysClient;
  }

  private document({ state, version }: { state: Content; version: number | null }): JsonObject {
    this.shown.set(version, state);
    return { id: 'thing', fields: state, selfUri: '/api/v2/thing', version };
  }
}

/** The platform's conflict replies carry nothing of the resource. */
function withoutCurrent(error: unknown): never {
  if (error instanceof StoreError && error.failure.kind === 'conflict') {
    const { namesVersion } = error.failure;
    throw new StoreError(error.message, { kind: 'conflict', namesVersion });
  }
  throw error;
}

/** What a call wants that is a merge patch on a policy or condition; `undefined` for any other. */
function wantedBy(call: Call): WantedJson | undefined {
  const changes = (fields: Readonly<Record<string, string | null>>): WantedJson => ({
    patch: { fields },
    conflictPolicy: 'overwrite',
    expected: new Map(),
  });
  switch (call.kind) {
    case 'set':
      return changes(call.values);
    case 'remove':
      return changes(Object.fromEntries(call.names.map((name) => [name, null])));
    case 'setIfEquals':
    case 'removeIfEquals': {
      const { expected, name } = call;
      const value = call.kind === 'setIfEquals' ? call.value : null;
      const found = expected === '' ? null : expected;
      return { ...changes({ [name]: value }), expected: new Map([[`/fields/${name}`, found]]) };
    }
    case 'setUnlessOthers': {
      const conflictPolicy = call.otherwise === 'keep' ? 'keepTheirs' : 'fail';
      return { ...changes({ [call.name]: call.value }), conflictPolicy };
    }
    default:
      return undefined;
  }
}

/** A change of values by name, as one of a document that has them. */
function onFields(change: Change<Content, Content>): CoreChange<JsonRaw, Content> {
  return {
    idempotent: change.idempotent,
    conditional: change.conditional ?? false,
    apply: ({ first, parts, read, theirs }) => {
      const stateOf = (of: typeof parts) => ({ state: fieldsOf(documentOf(of)) });
      const reads = { first: stateOf(first), now: stateOf(read), theirs: stateOf(theirs).state };
      const verdict = change.apply(stateOf(parts), reads, undefined);
      switch (verdict.kind) {
        case 'refused':
          return verdict;
        case 'unchanged':
          return { kind: 'unchanged', note: verdict.report, restsOn: [] };
        case 'write': {
          const delta = difference(parts, jsonParts({ fields: verdict.next }));
          return { kind: 'write', delta, note: verdict.report };
        }
      }
    },
  };
}

function fieldsOf(document: JsonObject): Content & Flat {
  return (valueAt(document, '/fields') ?? {}) as Content;
}

function isNote(note: JsonNote | Content): note is JsonNote {
  return 'kept' in note && note.kept instanceof Map;
}

/** Whoever had nothing to do has found what it wants, or what it has kept. */
function reportOf(call: Call, { kept }: JsonNote): Content {
  const wanted = call.kind === 'setIfEquals' ? { [call.name]: call.value } : goalOf(call);
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => {
      const found = kept.get(`/fields/${name}`);
      return [name, found ? ((found.found ?? '') as string) : value];
    }),
  );
}

/** A refusal whose words are what was found; none stand for what is missing. */
function inFewWords(error: UpdateError): UpdateError {
  const [, found = '""'] = /(?: is | to )("[^"]*")/.exec(error.message) ?? [];
  return new UpdateError(
    JSON.parse(found) as string,
    error.reason,
    error.story,
    error.lastFailure,
    error,
  );
}
