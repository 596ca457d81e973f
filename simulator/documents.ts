import { wrapped } from './attributes';
import type { SimulatedCall } from './call';
import type { SimulatedParticipant } from './participant';

interface Shown {
  readonly call: SimulatedCall;
  readonly participant: SimulatedParticipant;
}

/** A conversation as the API shows it, with the attributes as they were `lagMs` ago. */
export function conversationDocument(call: SimulatedCall, lagMs: number) {
  return {
    id: call.conversationId,
    startTime: call.startTime.toISOString(),
    endTime: call.endTime?.toISOString(),
    recordingState: call.media.recording ? 'ACTIVE' : 'PAUSED',
    participants: call.participants.map((participant) =>
      participantDocument({ call, participant }, lagMs),
    ),
    selfUri: `/api/v2/conversations/${call.conversationId}`,
  };
}

/** A participant as the public API shows it: without a version. */
function participantDocument({ call, participant }: Shown, lagMs: number) {
  const { connected, purpose } = participant;
  const attributes = participant.attributesBefore(lagMs);
  const startTime = participant.startTime.toISOString();
  return {
    id: participant.id,
    name: participant.name,
    purpose,
    startTime,
    connectedTime: startTime,
    endTime: participant.endTime?.toISOString(),
    externalContactId: participant.externalContactId,
    attributes: call.wrapped ? wrapped(attributes) : attributes,
    calls: [
      {
        id: participant.communicationId,
        state: connected ? 'connected' : 'terminated',
        direction: 'inbound',
        held: connected && purpose === 'customer' && call.media.held,
        muted: connected && purpose === 'agent' && call.media.muted,
        recording: connected && call.media.recording,
      },
    ],
  };
}

/** A participant as the versioned resource shows it: always as it is now. */
export function versionedParticipantDocument(shown: Shown) {
  return { ...participantDocument(shown, 0), version: shown.participant.version };
}
