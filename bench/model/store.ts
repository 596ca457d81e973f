import { type Change, type Store, StoreError } from '../../core';
import type { Connection, ModelRecord } from './record';

/** The model's record as the core sees it. Its state is the version at which the content changed last. */
export function modelStore(record: ModelRecord, connection: Connection): Store<number> {
  return {
    versioned: true,
    read: async () =>
      await new Promise((resolve) => {
        connection.request(
          () => record.read(),
          ({ version, contentVersion }) => {
            resolve({ state: contentVersion, version });
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
    sameContent: (one, other) => one === other,
    rebase: (state, from, to) => (state === from ? to : state),
  };
}

/** A change that always has something to write. */
export const ONE_CHANGE: Change<number, null> = {
  idempotent: true,
  apply: ({ state }) => ({ kind: 'write', next: state + 1, report: null }),
  shown: () => 'nothing',
  merge: () => null,
};
