import type { Models } from 'purecloud-platform-client-v2';
import { z } from 'zod/v4';

/** An optional property is here one that may be undefined, as zod has it. */
type Parsed<Model> = Model extends (infer One)[]
  ? Parsed<One>[]
  : Model extends object
    ? { [Name in keyof Model]: Parsed<Model[Name]> | undefined }
    : Model;

/** Checks of properties that the official SDK knows, each of the type that it has there. */
type Checks<Model> = { [Name in keyof Model]?: z.ZodType<Parsed<Model[Name]>> };

const time = z.iso.datetime();
const text = z.string();

// Strict: what the platform does not document, the simulator must not show.
const call = z.strictObject({
  id: text,
  state: z.enum(['connected', 'terminated']),
  direction: z.enum(['inbound', 'outbound']),
  held: z.boolean(),
  muted: z.boolean(),
  recording: z.boolean(),
} satisfies Checks<Models.Call>);

const participant = z.strictObject({
  id: z.uuid(),
  name: text,
  purpose: text,
  startTime: time,
  connectedTime: time,
  endTime: time.optional(),
  externalContactId: text.optional(),
  attributes: z.record(text, text),
  calls: z.array(call),
} satisfies Checks<Models.Participant>);

export const documentedConversation = z.strictObject({
  id: z.uuid(),
  startTime: time,
  endTime: time.optional(),
  recordingState: z.enum(['ACTIVE', 'PAUSED', 'NONE']),
  participants: z.array(participant),
  selfUri: text,
} satisfies Checks<Models.Conversation>);

export const documentedError = z.strictObject({
  message: text.min(1),
  code: text.regex(/^[a-z]+(\.[a-z]+)*$/),
  status: z.int(),
  contextId: z.uuid(),
  details: z.array(z.never()),
  errors: z.array(z.never()),
} satisfies Checks<Models.ErrorBody>);
