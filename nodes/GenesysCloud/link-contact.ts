import type { UpdateError, UpdateResult } from '../../core';
import type { AttributeNote, WantedAttributes } from '../../genesys/stores/attribute-change';
import { contactChange } from '../../genesys/stores/contact-change';
import { CONTACT_PART, type ParticipantRaw } from '../../genesys/stores/participant-parts';
import { locateParticipant } from '../../genesys/stores/participant-record';
import { HalfDone } from '../failure/half-done';
import type { Request } from './parameters/request';
import type { Run } from './running/run';

type Result = UpdateResult<ParticipantRaw, AttributeNote>;

/** Whether the link is left to be made, after the attributes. */
export function isLeftToLink(
  { condition, externalContactId }: WantedAttributes,
  { note, outcome, snapshot }: Result,
): boolean {
  if (externalContactId === undefined || snapshot.raw.writeMethod !== 'patch') return false;
  // Where the condition was not met, and the item is to be skipped, all of it is.
  const isSkipped =
    condition.kind === 'onlyIfEquals' &&
    outcome === 'unchanged' &&
    [...condition.expected.keys()].some((name) => note.kept.has(name));
  return !isSkipped;
}

/** What matters most of two outcomes. */
const OUTCOMES = ['superseded', 'accepted', 'written', 'unchanged'] as const;

/**
 * Links the external contact after the attributes, where that takes a request of its own.
 *
 * @throws {HalfDone} where it does not succeed
 */
export async function linkContact(
  { client, shared, signal }: Run,
  { conversationId, policy, wanted }: Request,
  attributes: Result,
): Promise<Result> {
  const { elapsedMs, outcome, snapshot } = attributes;
  const locate = locateParticipant(client, shared, {
    conversationId,
    participant: { id: snapshot.raw.participantId },
    writeMethod: 'patch',
    linksContact: 'alone',
  });
  const left = { ...policy, totalTimeoutMs: Math.max(1, policy.totalTimeoutMs - elapsedMs) };
  const linking = shared.lanes.update(
    locate,
    contactChange(wanted.externalContactId ?? null),
    left,
    signal,
  );
  const linked = await linking.catch((error: unknown) => {
    throw error instanceof Error && 'story' in error
      ? new HalfDone(error as UpdateError, outcome)
      : error;
  });
  const now = linked.snapshot.parts.get(CONTACT_PART);
  const parts = new Map(snapshot.parts);
  if (now !== undefined) parts.set(CONTACT_PART, now);
  return {
    ...attributes,
    outcome: OUTCOMES.find((one) => one === outcome || one === linked.outcome) ?? outcome,
    changed: new Map([...attributes.changed, ...linked.changed]),
    snapshot: { ...snapshot, parts },
    attempts: attributes.attempts + linked.attempts,
    conflicts: attributes.conflicts + linked.conflicts,
    waitedMs: attributes.waitedMs + linked.waitedMs,
    elapsedMs: elapsedMs + linked.elapsedMs,
  };
}
