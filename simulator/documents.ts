import { wrapped } from './attributes';
import type { MediaState, SimulatedCall } from './call';
import type { ParticipantState, SimulatedParticipant } from './participant';

interface Shown {
  readonly call: SimulatedCall;
  readonly participant: SimulatedParticipant;
  readonly state: ParticipantState;
  readonly media: MediaState;
}

/** A conversation as the API shows it, as it was at a moment. */
export function conversationDocument(call: SimulatedCall, moment: number) {
  const media = call.mediaAt(moment);
  return {
    id: call.conversationId,
    startTime: call.startTime.toISOString(),
    endTime: call.endTimeAt(moment)?.toISOString(),
    recordingState: media.recording ? 'ACTIVE' : 'PAUSED',
    participants: call.participants.map((participant) =>
      participantDocument({ call, participant, state: participant.stateAt(moment), media }),
    ),
    selfUri: `/api/v2/conversations/${call.conversationId}`,
  };
}

/** A participant as the public API shows it: without a version. */
function participantDocument({ call, participant, state, media }: Shown) {
  const { purpose } = participant;
  const { attributes, externalContactId, endTime } = state;
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
        held: connected && purpose === 'customer' && media.held,
        muted: connected && purpose === 'agent' && media.muted,
        recording: connected && media.recording,
      },
    ],
  };
}

/** A participant as the versioned resource shows it. */
export function versionedParticipantDocument(shown: Shown) {
  return { ...participantDocument(shown), version: shown.state.version };
}
