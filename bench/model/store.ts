import { type Change, type Store, StoreError } from '../../core';
import type { Connection, ModelRecord } from './record';

const CONTENT = 'content';

/** The model's record as the core sees it. Its only part is the version at which the content changed last. */
export function modelStore(record: ModelRecord, connection: Connection): Store<null> {
  return {
    versioned: true,
    read: async () =>
      await new Promise((resolve) => {
        connection.request(
          () => record.read(),
          ({ version, contentVersion }) => {
            resolve({ parts: new Map([[CONTENT, String(contentVersion)]]), version, raw: null });
          },
        );
      }),
    write: async (_, base) =>
      await new Promise((resolve, reject) => {
        connection.request(
          () => record.write(base.version ?? -1),
          (committed) => {
            if (committed) resolve({});
            else reject(new StoreError('409', { kind: 'conflict', namesVersion: true }));
          },
        );
      }),
  };
}

/** A change that always has something to write. */
export const ONE_CHANGE: Change<null, null> = {
  idempotent: true,
  apply: ({ parts }) => {
    const from = parts.get(CONTENT) ?? null;
    return {
      kind: 'write',
      delta: new Map([[CONTENT, { from, to: String(Number(from) + 1) }]]),
      note: null,
    };
  },
};
