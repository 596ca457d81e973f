import { wrapped } from './attributes';
import type { SimulatedCall } from './call';
import type { SimulatedParticipant } from './participant';

interface Shown {
  readonly call: SimulatedCall;
  readonly participant: SimulatedParticipant;
  /** When it was as it is shown. */
  readonly moment: number;
}

/** A conversation as the API shows it, as it was at a moment. */
export function conversationDocument(call: SimulatedCall, moment: number) {
  return {
    id: call.conversationId,
    startTime: call.startTime.toISOString(),
    endTime: call.endTimeAt(moment)?.toISOString(),
    recordingState: call.mediaAt(moment).recording ? 'ACTIVE' : 'PAUSED',
    participants: call.participants.map((participant) =>
      participantDocument({ call, participant, moment }),
    ),
    selfUri: `/api/v2/conversations/${call.conversationId}`,
  };
}

/** A participant as the public API shows it: without a version. */
function participantDocument({ call, participant, moment }: Shown) {
  const { purpose } = participant;
  const { attributes, externalContactId, endTime } = participant.stateAt(moment);
  const { held, muted, recording } = call.mediaAt(moment);
  const connected = endTime === undefined;
  const startTime = participant.startTime.toISOString();
  return {
    id: participant.id,
    name: participant.name,
    purpose,
    startTime,
    connectedTime: startTime,
    endTime: endTime?.toISOString(),
    externalContactId,
    attributes: call.wrapped ? wrapped(attributes) : attributes,
    calls: [
      {
        id: participant.communicationId,
        state: connected ? 'connected' : 'terminated',
        direction: 'inbound',
        held: connected && purpose === 'customer' && held,
        muted: connected && purpose === 'agent' && muted,
        recording: connected && recording,
      },
    ],
  };
}

/** A participant as the versioned resource shows it. */
export function versionedParticipantDocument(shown: Shown) {
  const { version } = shown.participant.stateAt(shown.moment);
  return { ...participantDocument(shown), version };
}
