import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { UpdateResult } from '../../core';
import { valueOf } from '../../genesys/stores/attributes';
import type { AttributeNote } from '../../genesys/stores/attribute-change';
import {
  byAttribute,
  CONTACT_PART,
  type ParticipantRaw,
} from '../../genesys/stores/participant-parts';

/** What a flow builder gets for an update that reached its goal. All times are whole ms. */
export function outcomeItem(
  itemIndex: number,
  conversationId: string,
  {
    altered: alteredParts = new Map(),
    superseded: supersededParts = new Map(),
    changed: delta,
    note,
    outcome,
    snapshot,
    ...result
  }: UpdateResult<ParticipantRaw, AttributeNote>,
): INodeExecutionData {
  const { kept } = note;
  const changed = byAttribute(delta);
  const altered = byAttribute(alteredParts);
  const superseded = byAttribute(supersededParts);
  // What is missing was not changed to anything.
  for (const [name, { stored }] of altered) if (stored === null) changed.delete(name);
  // What we had written may have been overwritten since, and then been left to those who did.
  for (const name of kept.keys()) changed.delete(name);
  const isLeft = changed.size === 0 && altered.size === 0 && superseded.size === 0;
  const isAllKept = isLeft && kept.size > 0 && !delta.has(CONTACT_PART);
  const json: IDataObject = {
    conversationId,
    participantId: snapshot.raw.participantId,
    outcome: isAllKept ? 'unchanged' : outcome,
    writeMethod: snapshot.raw.writeMethod,
    attributes: shown(byAttribute(snapshot.parts), valueOf),
    changed: shown(changed, ({ from, to }) => ({ from: valueOrNull(from), to: valueOrNull(to) })),
    kept: shown(kept, ({ wanted, found }) => ({ wanted, found: valueOrNull(found) })),
    ...(altered.size > 0 && {
      altered: shown(altered, ({ wanted, stored }) => ({ wanted, stored: valueOrNull(stored) })),
    }),
    ...(superseded.size > 0 && {
      superseded: shown(superseded, ({ written, found }) => ({
        written,
        found: valueOrNull(found),
      })),
    }),
    version: snapshot.version,
    attempts: result.attempts,
    conflicts: result.conflicts,
    batchSize: result.batchSize,
    waitedMs: Math.round(result.waitedMs),
    elapsedMs: Math.round(result.elapsedMs),
  };
  return { json, pairedItem: { item: itemIndex } };
}

function shown<Value>(
  entries: ReadonlyMap<string, Value>,
  show: (value: Value) => unknown,
): IDataObject {
  return Object.fromEntries(
    [...entries].map(([name, value]) => [name, show(value)]),
  ) as IDataObject;
}

function valueOrNull(text: string | null): unknown {
  return text === null ? null : valueOf(text);
}
