import type { IDataObject } from 'n8n-workflow';

import { NONE_YET, type UpdateResult } from '../../../core';
import type { WriteMethod } from '../../../genesys/stores/write-method';

type Result = Omit<UpdateResult<unknown, unknown>, 'changed' | 'note'>;

/** How an update went that reached its goal. All times are whole ms. */
export function detailsOf(writeMethod: WriteMethod, result: Result): IDataObject {
  return {
    writeMethod,
    version: versionOf(result.snapshot),
    attempts: result.attempts,
    conflicts: result.conflicts,
    batchSize: result.batchSize,
    waitedMs: Math.round(result.waitedMs),
    elapsedMs: Math.round(result.elapsedMs),
  };
}

/** The version as it comes out: `null` where there is none, or nothing that has one. */
export function versionOf({ version }: Pick<Result['snapshot'], 'version'>): number | null {
  return version === NONE_YET ? null : version;
}
