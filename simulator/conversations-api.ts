import type { Operation } from './address';
import { conversationActivity } from './activity-api';
import { conversationDetails } from './analytics-api';
import { displayFor } from './attribute-display';
import type { SimulatedCall } from './call';
import { associateContact } from './contact-association';
import { answerCustom } from './custom-attributes';
import { conversationDocument, versionedParticipantDocument } from './documents';
import { patchAttributes, patchState, putParticipant } from './participant-writes';
import type { ApiRequest } from './platform-api';
import type { ReadMoments } from './read-moments';
import type { Reply } from './replies';
import { errorReply, json } from './replies';
import { answerSecure } from './secure-attributes';
import type { CurrentSettings, Flavour } from './settings';

interface ConversationsOptions {
  readonly calls: ReadonlyMap<string, SimulatedCall>;
  readonly flavour: Flavour;
  readonly moments: ReadMoments;
  readonly settings: CurrentSettings;
  readonly putMerges: boolean;
  readonly missingStatus: 404 | 405;
}

/** Operations that only one flavour of the platform serves. */
const FLAVOUR_OF = new Map<Operation, Flavour>([
  ['readParticipant', 'versioned'],
  ['putParticipant', 'versioned'],
  ['patchAttributes', 'public'],
]);

/** What a conversation holds beside its participants. */
const HELD = new Map<Operation, typeof answerSecure>([
  ['readSecure', answerSecure],
  ['putSecure', answerSecure],
  ['listCustom', answerCustom],
  ['readCustom', answerCustom],
  ['putCustom', answerCustom],
]);

/** Conversations, their participants and attributes. */
export class ConversationsApi {
  constructor(private readonly options: ConversationsOptions) {}

  answer(request: ApiRequest): Reply {
    const { operation, conversationId = '' } = request.address;
    const { calls, flavour, moments } = this.options;
    if (operation === 'unknown' || (FLAVOUR_OF.get(operation) ?? flavour) !== flavour) {
      return this.#missing(request);
    }
    if (operation === 'queryConversations') {
      return conversationDetails(calls.values(), request.body);
    }
    if (operation === 'queryActivity') {
      return conversationActivity(calls.values(), request.body, request.query);
    }
    const call = calls.get(conversationId);
    if (operation === 'associateContact') return associateContact(call, request.body);
    if (call === undefined) return noConversation();
    const answerHeld = HELD.get(operation);
    if (answerHeld) {
      if (request.fault?.kind === 'missing') return noConversation();
      return answerHeld(call, request, { moments, settings: this.options.settings.values });
    }
    if (operation !== 'readConversation') return this.#answerAbout(call, request);
    if (request.fault?.kind === 'missing') return noConversation();
    const display = displayFor(request.fault, this.options.settings.values);
    return json(200, conversationDocument(call, moments.next(conversationId), display));
  }

  #answerAbout(call: SimulatedCall, { address, contentType, body, fault }: ApiRequest): Reply {
    const { moments, putMerges: merges, settings } = this.options;
    const { operation } = address;
    const participant = call.participant(address.participantId ?? '');
    if (participant === undefined || fault?.kind === 'missing') return noParticipant(operation);
    if (operation === 'readParticipant') {
      const moment = moments.next(call.conversationId);
      const state = participant.stateAt(moment);
      const media = call.mediaAt(moment);
      const display = displayFor(fault, settings.values);
      return json(200, versionedParticipantDocument({ call, participant, state, media, display }));
    }
    if (!contentType?.startsWith('application/json')) {
      return errorReply(415, 'unsupported.media.type', 'The body must be application/json');
    }
    const write = { call, participant, body, fault };
    if (operation === 'putParticipant') {
      return putParticipant(write, { merges, settings: settings.values });
    }
    return operation === 'patchAttributes' ? patchAttributes(write) : patchState(write);
  }

  #missing({ address, path }: ApiRequest): Reply {
    if (this.options.missingStatus === 405 && address.operation !== 'unknown') {
      return errorReply(405, 'method.not.allowed', `This method is not served at ${path}`);
    }
    return errorReply(404, 'not.found', `Nothing at ${path}`);
  }
}

function noConversation(): Reply {
  return errorReply(404, 'not.found', 'There is no such conversation');
}

function noParticipant(operation: Operation): Reply {
  return errorReply(
    404,
    operation === 'patchParticipant'
      ? 'conversation.error.not.conversation.participant'
      : 'conversation.error.participant.not.found',
    'The conversation has no such participant',
  );
}
