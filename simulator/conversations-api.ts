import { z } from 'zod/v4';
import type { Operation } from './address';
import { conversationDetails } from './analytics-api';
import { plainAttributes, plainOrWrappedAttributes } from './attributes';
import type { SimulatedCall } from './call';
import { conversationDocument, versionedParticipantDocument } from './documents';
import type { SimulatedParticipant } from './participant';
import type { ApiRequest } from './platform-api';
import type { ReadMoments } from './read-moments';
import type { Reply } from './replies';
import { accepted, errorReply, json } from './replies';

interface ConversationsOptions {
  readonly calls: ReadonlyMap<string, SimulatedCall>;
  readonly flavour: 'versioned' | 'public';
  readonly moments: ReadMoments;
  readonly putMerges: boolean;
  readonly missingStatus: 404 | 405;
}

interface Target {
  readonly call: SimulatedCall;
  readonly participant: SimulatedParticipant;
}

const putBody = z.object({
  version: z.int(),
  attributes: plainOrWrappedAttributes,
  externalContactId: z.string().optional(),
});
const plainAttributesBody = z.object({ attributes: plainAttributes });
const plainOrWrappedAttributesBody = z.object({ attributes: plainOrWrappedAttributes });
const stateBody = z.object({ state: z.literal('disconnected') });

/** Operations that only one flavour of the platform serves. */
const FLAVOUR_OF = new Map<Operation, ConversationsOptions['flavour']>([
  ['readParticipant', 'versioned'],
  ['putParticipant', 'versioned'],
  ['patchAttributes', 'public'],
]);

/** Conversations, their participants and attributes. */
export class ConversationsApi {
  constructor(private readonly options: ConversationsOptions) {}

  answer(request: ApiRequest): Reply {
    const { operation, conversationId = '', participantId = '' } = request.address;
    const { calls, flavour, moments } = this.options;
    if (operation === 'unknown' || (FLAVOUR_OF.get(operation) ?? flavour) !== flavour) {
      return this.#missing(request);
    }
    if (operation === 'queryConversations')
      return conversationDetails(calls.values(), request.body);
    const call = calls.get(conversationId);
    if (call === undefined) return errorReply(404, 'not.found', 'There is no such conversation');
    if (operation === 'readConversation') {
      return json(200, conversationDocument(call, moments.next(conversationId)));
    }
    const participant = call.participant(participantId);
    if (participant === undefined) {
      return errorReply(
        404,
        operation === 'patchParticipant'
          ? 'conversation.error.not.conversation.participant'
          : 'conversation.error.participant.not.found',
        'The conversation has no such participant',
      );
    }
    const target = { call, participant };
    if (operation === 'readParticipant') {
      const moment = moments.next(conversationId);
      return json(200, versionedParticipantDocument({ ...target, moment }));
    }
    if (!request.contentType?.startsWith('application/json')) {
      return errorReply(415, 'unsupported.media.type', 'The body must be application/json');
    }
    if (operation === 'putParticipant') return this.#put(target, request.body);
    if (operation === 'patchAttributes') return this.#patchAttributes(target, request.body);
    return this.#patchState(target, request.body);
  }

  #missing({ address, path }: ApiRequest): Reply {
    if (this.options.missingStatus === 405 && address.operation !== 'unknown') {
      return errorReply(405, 'method.not.allowed', `This method is not served at ${path}`);
    }
    return errorReply(404, 'not.found', `Nothing at ${path}`);
  }

  #put({ call, participant }: Target, body: unknown): Reply {
    const { data, error } = putBody.safeParse(body);
    if (error) return badRequest(error);
    if (data.version !== participant.version) {
      return errorReply(
        409,
        'version.conflict',
        `The participant is at version ${String(participant.version)}, ` +
          `the request is based on version ${String(data.version)}`,
      );
    }
    const { attributes, externalContactId } = data;
    const written = { attributes, ...(externalContactId !== undefined && { externalContactId }) };
    if (this.options.putMerges) participant.merge(written, 'api');
    else participant.replace(written, 'api');
    const shown = { call, participant, moment: performance.now() };
    return json(200, versionedParticipantDocument(shown), { applied: true });
  }

  #patchAttributes({ call, participant }: Target, body: unknown): Reply {
    const schema = call.wrapped ? plainOrWrappedAttributesBody : plainAttributesBody;
    const { data, error } = schema.safeParse(body);
    if (error) return badRequest(error);
    participant.merge(data, 'api');
    return accepted();
  }

  #patchState({ participant }: Target, body: unknown): Reply {
    const { error } = stateBody.safeParse(body);
    if (error) return badRequest(error);
    participant.disconnect('api');
    return accepted();
  }
}

function badRequest(error: z.ZodError): Reply {
  const reasons = error.issues.map(({ path, message }) =>
    [...path.map(String), message].join(': '),
  );
  return errorReply(400, 'bad.request', reasons.join('; '));
}
