import { z } from 'zod/v4';
import type { SimulatedCall } from './call';
import type { Reply } from './replies';
import { accepted, errorReply } from './replies';

const associationSchema = z.object({
  conversationId: z.string(),
  communicationId: z.string().optional(),
  mediaType: z.enum([
    'CALL',
    'CALLBACK',
    'CHAT',
    'COBROWSE',
    'EMAIL',
    'MESSAGE',
    'INTERNAL_MESSAGE',
    'SCREEN_MONITORING',
    'SOCIAL_EXPRESSION',
    'VIDEO',
    'SCREENSHARE',
  ]),
  externalContactId: z.string().min(1).optional(),
});

/** Links whoever has that communication to an external contact; without one, takes the link away. */
export function associateContact(call: SimulatedCall | undefined, body: unknown): Reply {
  const { data, error } = associationSchema.safeParse(body);
  if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
  const { communicationId, conversationId, externalContactId, mediaType } = data;
  if (communicationId === undefined) {
    return errorReply(
      400,
      'conversation.association.communication.id.required',
      'The communication id is required',
    );
  }
  const participant = call?.participants.find((one) => one.communicationId === communicationId);
  const isSame = conversationId === call?.conversationId && mediaType === 'CALL';
  if (participant === undefined || !isSame) {
    return errorReply(404, 'entity.not.found', 'There is no such communication');
  }
  participant.link(externalContactId);
  return accepted();
}
