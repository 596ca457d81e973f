import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { UpdateResult } from '../../core';
import type { AttributeNote } from '../../genesys/attribute-change';
import { byAttribute, CONTACT_PART, type ParticipantRaw } from '../../genesys/participant-parts';

/** What a flow builder gets for an update that reached its goal. All times are whole ms. */
export function outcomeItem(
  itemIndex: number,
  conversationId: string,
  {
    changed: delta,
    note,
    outcome,
    snapshot,
    ...result
  }: UpdateResult<ParticipantRaw, AttributeNote>,
): INodeExecutionData {
  const { kept } = note;
  const changed = byAttribute(delta);
  // What we had written may have been overwritten since, and then been left to those who did.
  for (const name of kept.keys()) changed.delete(name);
  const isAllKept = changed.size === 0 && kept.size > 0 && !delta.has(CONTACT_PART);
  const json: IDataObject = {
    conversationId,
    participantId: snapshot.raw.participantId,
    outcome: isAllKept ? 'unchanged' : outcome,
    writeMethod: snapshot.raw.writeMethod,
    attributes: Object.fromEntries(byAttribute(snapshot.parts)),
    changed: Object.fromEntries(changed),
    kept: Object.fromEntries(kept),
    version: snapshot.version,
    attempts: result.attempts,
    conflicts: result.conflicts,
    batchSize: result.batchSize,
    waitedMs: Math.round(result.waitedMs),
    elapsedMs: Math.round(result.elapsedMs),
  };
  return { json, pairedItem: { item: itemIndex } };
}
