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
  state: z.enum(['alerting', 'connected', 'terminated']),
  direction: z.enum(['inbound', 'outbound']),
  held: z.boolean(),
  muted: z.boolean(),
  recording: z.boolean(),
} satisfies Checks<Models.Call>);

const participant = z.strictObject({
  id: z.uuid(),
  name: text,
  purpose: text,
  userId: z.uuid().optional(),
  queueId: z.uuid().optional(),
  startTime: time,
  connectedTime: time.optional(),
  endTime: time.optional(),
  externalContactId: text.optional(),
  attributes: z.record(text, text),
  calls: z.array(call),
} satisfies Checks<Models.Participant>);

export const documentedConversation = z.strictObject({
  id: z.uuid(),
  startTime: time,
  endTime: time.optional(),
  externalTag: text.optional(),
  divisions: z.array(
    z.strictObject({
      division: z.strictObject({ id: z.uuid() }),
      entities: z.array(z.strictObject({ id: z.uuid() })),
    }),
  ),
  securePause: z.boolean(),
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
  limit: z
    .strictObject({ key: text, namespace: text, value: z.int() } satisfies Checks<Models.Limit>)
    .optional(),
} satisfies Checks<Models.ErrorBody>);

export const documentedActivity = z.strictObject({
  results: z.array(
    z.strictObject({
      group: z.record(text, text),
      data: z.array(z.strictObject({ metric: text, count: z.int() })),
      truncated: z.boolean(),
      entities: z.array(
        z.strictObject({
          activityDate: time,
          metric: text,
          conversationId: z.uuid(),
          sessionId: z.uuid(),
          queueId: z.uuid(),
          userId: z.uuid().optional(),
          mediaType: text,
          direction: text,
          participantName: text,
        } satisfies Checks<Models.ConversationActivityEntityData>),
      ),
    } satisfies Checks<Models.ConversationActivityData>),
  ),
} satisfies Checks<Models.ConversationActivityResponse>);

const page = {
  pageSize: z.int(),
  pageNumber: z.int(),
  total: z.int(),
  pageCount: z.int(),
};

const pageOfList = {
  ...page,
  selfUri: text,
  firstUri: text,
  lastUri: text,
  nextUri: text.optional(),
  previousUri: text.optional(),
};

export const documentedQueues = z.strictObject({
  ...pageOfList,
  entities: z.array(z.strictObject({ id: z.uuid(), name: text, selfUri: text })),
} satisfies Checks<Omit<Models.QueueEntityListing, 'entities'>> & { entities: z.ZodType });

const user = z.strictObject({
  id: z.uuid(),
  name: text,
  email: text,
  state: z.literal('active'),
  selfUri: text,
} satisfies Checks<Models.User>);

export const documentedUsers = z.strictObject({
  ...pageOfList,
  entities: z.array(user),
} satisfies Checks<Omit<Models.UserEntityListing, 'entities'>> & { entities: z.ZodType });

export const documentedUserSearch = z.strictObject({
  ...page,
  types: z.array(text),
  results: z.array(user),
} satisfies Checks<Omit<Models.UsersSearchResponse, 'results'>> & { results: z.ZodType });

/** What all resources have that are written under their version. */
export const documentedResource = z.looseObject({
  id: z.uuid(),
  name: z.string(),
  version: z.int().positive(),
  dateModified: z.iso.datetime().optional(),
  selfUri: z.string().startsWith('/api/v2/'),
});

export const documentedSecure = z.strictObject({
  attributes: z.record(z.string(), z.string()),
  version: z.int(),
} satisfies Checks<Models.ConversationSecureAttributes>);

export const documentedCustomRecord = z.strictObject({
  id: z.uuid(),
  conversationId: z.uuid(),
  divisions: z.array(z.uuid()),
  schema: z.looseObject({ id: z.uuid() }),
  // The SDK says objects, and means any JSON.
  customAttributes: z.record(z.string(), z.custom<object>()),
  customAttributesTimestamps: z.record(z.string(), z.iso.datetime()),
  version: z.int(),
  dateCreated: z.iso.datetime(),
  dateModified: z.iso.datetime(),
  selfUri: z.string(),
} satisfies Checks<Models.CustomAttributes>);
