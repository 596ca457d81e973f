import type { AttributeDisplay } from './attribute-display';
import { displayed } from './attribute-display';
import type { MediaState, SimulatedCall } from './call';
import type { ParticipantState, SimulatedParticipant } from './participant';

interface Shown {
  readonly call: SimulatedCall;
  readonly participant: SimulatedParticipant;
  readonly state: ParticipantState;
  readonly media: MediaState;
  readonly display: AttributeDisplay;
}

/** A conversation as the API shows it, as it was at a moment. */
export function conversationDocument(
  call: SimulatedCall,
  moment: number,
  display: AttributeDisplay,
) {
  const media = call.mediaAt(moment);
  return {
    id: call.conversationId,
    startTime: call.startTime.toISOString(),
    endTime: call.endTimeAt(moment)?.toISOString(),
    externalTag: call.externalTag,
    divisions: [{ division: { id: call.divisionId }, entities: [{ id: call.divisionId }] }],
    securePause: false,
    recordingState: media.recording ? 'ACTIVE' : 'PAUSED',
    participants: call.participants.map((participant) =>
      participantDocument({
        call,
        participant,
        state: participant.stateAt(moment),
        media,
        display,
      }),
    ),
    selfUri: `/api/v2/conversations/${call.conversationId}`,
  };
}

/** A participant as the public API shows it: without a version. */
function participantDocument({ call, participant, state, media, display }: Shown) {
  const { purpose } = participant;
  const { answeredAt, attributes, externalContactId, endTime } = state;
  const connected = answeredAt !== undefined && endTime === undefined;
  const startTime = participant.startTime.toISOString();
  return {
    id: participant.id,
    name: participant.name,
    purpose,
    userId: participant.userId,
    queueId: participant.queueId,
    startTime,
    connectedTime: answeredAt?.toISOString(),
    endTime: endTime?.toISOString(),
    externalContactId,
    attributes: displayed(attributes, { wrapped: call.wrapped, display }),
    calls: [
      {
        id: participant.communicationId,
        state: stateOf(state),
        direction: 'inbound',
        held: connected && purpose === 'customer' && media.held,
        muted: connected && purpose === 'agent' && media.muted,
        recording: connected && media.recording,
      },
    ],
  };
}

function stateOf({ answeredAt, endTime }: ParticipantState) {
  if (endTime !== undefined) return 'terminated';
  return answeredAt === undefined ? 'alerting' : 'connected';
}

/** A participant as the versioned resource shows it. */
export function versionedParticipantDocument(shown: Shown) {
  return { ...participantDocument(shown), version: shown.state.version };
}
