import { z } from 'zod/v4';
import { displayFor } from './attribute-display';
import { plainAttributes, plainOrWrappedAttributes, replacingAttributes } from './attributes';
import type { SimulatedCall } from './call';
import { conflictStyle, isSpuriousConflict, versionConflict } from './conflict';
import { versionedParticipantDocument } from './documents';
import { echoed } from './echo';
import type { Fault } from './faults';
import type { SimulatedParticipant } from './participant';
import type { Reply } from './replies';
import { accepted, errorReply, json } from './replies';
import type { Settings } from './settings';

/** One write to a participant. */
export interface ParticipantWrite {
  readonly call: SimulatedCall;
  readonly participant: SimulatedParticipant;
  readonly body: unknown;
  readonly fault: Fault | undefined;
}

const putBody = (participant: SimulatedParticipant) =>
  z.object({
    version: z.int(),
    attributes: replacingAttributes((name) => participant.oddValuesOf(name)),
    externalContactId: z.string().optional(),
  });
const plainAttributesBody = z.object({ attributes: plainAttributes });
const plainOrWrappedAttributesBody = z.object({ attributes: plainOrWrappedAttributes });
const stateBody = z.object({ state: z.literal('disconnected') });

/** Writes attributes and external contact under a version. */
export function putParticipant(
  { call, participant, body, fault }: ParticipantWrite,
  { merges, settings }: { merges: boolean; settings: Settings },
): Reply {
  const { data, error } = putBody(participant).safeParse(body);
  if (error) return badRequest(error);
  const { version: at } = participant;
  const basedOn = data.version;
  const style = conflictStyle(fault, settings);
  // As if it had moved, although no read will show that.
  if (isSpuriousConflict(fault)) return versionConflict(style, { at: at + 1, basedOn });
  if (basedOn !== at) return versionConflict(style, { at, basedOn });
  const { attributes, externalContactId } = data;
  const written = { attributes, ...(externalContactId !== undefined && { externalContactId }) };
  const before = participant.state;
  if (merges) participant.merge(written, 'api');
  else participant.replace(written, 'api');
  letOthersWrite(participant, fault);
  const echo = fault?.kind === 'echo' ? fault.echo : settings.putEcho;
  const state = echoed(echo, before, participant.state);
  const media = call.mediaAt(performance.now());
  const display = displayFor(fault, settings);
  const document = versionedParticipantDocument({ call, participant, state, media, display });
  return json(200, document, { applied: true });
}

/** Merges attributes without a version. */
export function patchAttributes({ call, participant, body, fault }: ParticipantWrite): Reply {
  const schema = call.wrapped ? plainOrWrappedAttributesBody : plainAttributesBody;
  const { data, error } = schema.safeParse(body);
  if (error) return badRequest(error);
  participant.merge(data, 'api');
  letOthersWrite(participant, fault);
  return accepted();
}

/** Disconnects. */
export function patchState({ participant, body }: ParticipantWrite): Reply {
  const { error } = stateBody.safeParse(body);
  if (error) return badRequest(error);
  participant.disconnect('api');
  return accepted();
}

function letOthersWrite(participant: SimulatedParticipant, fault: Fault | undefined): void {
  if (fault?.kind === 'foreignWrite' && fault.when === 'after') participant.write(fault.attributes);
}

function badRequest(error: z.ZodError): Reply {
  const reasons = error.issues.map(({ path, message }) =>
    [...path.map(String), message].join(': '),
  );
  return errorReply(400, 'bad.request', reasons.join('; '));
}
