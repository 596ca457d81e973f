import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { UpdateResult } from '../../core';
import type { AttributeReport, ParticipantState } from '../../genesys/attribute-change';

/** What a flow builder gets for an update that reached its goal. All times are whole ms. */
export function outcomeItem(
  itemIndex: number,
  conversationId: string,
  result: UpdateResult<ParticipantState, AttributeReport>,
): INodeExecutionData {
  const json: IDataObject = {
    conversationId,
    participantId: result.snapshot.state.participantId,
    outcome: everythingKept(result.report) ? 'unchanged' : result.outcome,
    writeMethod: result.snapshot.state.writeMethod,
    attributes: Object.fromEntries(result.snapshot.state.attributes),
    changed: Object.fromEntries(result.report.changed),
    kept: Object.fromEntries(result.report.kept),
    version: result.snapshot.version,
    attempts: result.attempts,
    conflicts: result.conflicts,
    batchSize: result.batchSize,
    waitedMs: Math.round(result.waitedMs),
    elapsedMs: Math.round(result.elapsedMs),
  };
  return { json, pairedItem: { item: itemIndex } };
}

/** What we wrote may have been overwritten since, and then been left to those who did. */
function everythingKept({ changed, kept, externalContactId }: AttributeReport): boolean {
  return changed.size === 0 && kept.size > 0 && externalContactId === undefined;
}
