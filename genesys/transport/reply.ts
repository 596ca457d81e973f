import * as z from 'zod/v4';

import { GenesysError } from './genesys-error';
import type { HttpReply } from './http';
import { rateLimitOf } from './rate-limit';
import { delayInWords, LONGEST_WAIT_MS, parseRetryAfter } from './retry-after';

/** How long a 429 without a readable Retry-After closes the gate, in ms. */
const DEFAULT_RETRY_AFTER_MS = 1000;

const errorBody = z.looseObject({
  message: z.string().nullish().catch(undefined),
  code: z.string().nullish().catch(undefined),
  contextId: z.string().nullish().catch(undefined),
  limit: z
    .looseObject({ key: z.string(), value: z.number().nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
  // The sign-in answers in the form of OAuth instead (RFC 6749, section 5.2).
  error: z.string().nullish().catch(undefined),
  error_description: z.string().nullish().catch(undefined),
  description: z.string().nullish().catch(undefined),
});

/** Where a reply comes from. */
export interface ReplyContext {
  /** Who answered, as messages name it: not by Genesys' name, for it may be something on the way. */
  readonly who: string;
  readonly signIn: boolean;
}

/** What stands between us and the API, such as a proxy that wants a sign-in, answers with one. */
const PAGE = /^\s*</;

/** What is wrong with what is no {@link acceptance}. */
export const CARRIES_ERROR = 'it carries an error';

/**
 * The body of a reply that is to carry no record: whatever it holds, but neither a web page nor an
 * error, which say that nobody has accepted anything.
 */
export const acceptance = z.unknown().refine((json) => !carriesError(json), CARRIES_ERROR);

/** The same, where `undefined` stands for what it shows of a record. */
export const acceptanceAlone = acceptance.transform(() => undefined);

function carriesError(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  const { code, errors, message, status } = json as Readonly<Record<string, unknown>>;
  return (
    (typeof status === 'number' && status >= 400) ||
    (Array.isArray(errors) && errors.length > 0) ||
    (typeof code === 'string' && typeof message === 'string')
  );
}

/**
 * The body of a successful reply, checked against a schema.
 *
 * @throws {GenesysError} of kind `status` for any other status than 2xx, of kind `reply` for a body
 * that is no JSON or no UTF-8, of kind `shape` for one that is not of the expected shape.
 */
export function parseReply<Body>(
  reply: HttpReply,
  schema: z.ZodType<Body>,
  context: ReplyContext,
): Body {
  if (reply.status < 200 || reply.status > 299) throw statusError(reply, context);
  const json = parseJson(reply.text);
  const parsed = schema.safeParse(json);
  const isPage = json === undefined && PAGE.test(reply.text);
  // What was read wrongly would be written back wrongly (RFC 8259, section 8.1).
  const isDamaged = reply.isDamaged === true && json !== undefined;
  if (parsed.success && !isPage && !isDamaged) return parsed.data;
  const why = parsed.error
    ? complaint(reply.text, parsed.error)
    : isPage
      ? 'it is a web page'
      : 'it is no UTF-8, which JSON has to be.';
  throw new GenesysError(
    `${context.who} answered ${reply.status} with a body that could not be read: ${why}`,
    {
      kind: json === undefined || isDamaged ? 'reply' : 'shape',
      sent: !context.signIn,
      signIn: context.signIn,
      ...facts(reply),
    },
  );
}

function statusError(reply: HttpReply, context: ReplyContext): GenesysError {
  const body = errorBody.safeParse(parseJson(reply.text)).data;
  const serverMessage = body?.message ?? body?.error_description ?? body?.description ?? '';
  const code = body?.code ?? body?.error;
  const retryAfterMs = retryAfter(reply);
  return new GenesysError(
    `${context.who} answered ${reply.status}` +
      (serverMessage ? `: ${serverMessage}` : '') +
      (reply.status === 429 ? limitIn(reply, body) : ''),
    {
      kind: 'status',
      sent: !context.signIn,
      signIn: context.signIn,
      ...facts(reply),
      ...(reply.status === 407 && { obstacle: 'proxy' }),
      ...(serverMessage && { serverMessage }),
      ...(code && { code }),
      ...(body?.contextId && { contextId: body.contextId }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(reply.status === 429 && isOfClient(body) && { isOfClient: true }),
    },
  );
}

/**
 * Whether a limit is named that is not counted for each token, as `client.credentials.token.rate.per.minute`
 * is, but e.g. for a client and its user together (`org.app.user.rate.per.minute`).
 */
function isOfClient(body: z.infer<typeof errorBody> | undefined): boolean {
  const key = body?.limit?.key;
  return key !== undefined && !/\btoken\b/.test(key);
}

/** The limit that was reached, as far as the reply names it. */
function limitIn({ header }: HttpReply, body: z.infer<typeof errorBody> | undefined): string {
  const { allowed } = rateLimitOf(header);
  const { key, value } = body?.limit ?? {};
  const named = [
    key ? `the limit ${key}${value ? ` of ${value}` : ''}` : '',
    allowed === undefined ? '' : `${allowed} requests a minute by inin-ratelimit-allowed`,
  ].filter((limit) => limit !== '');
  return named.length > 0 ? ` (${named.join(', ')})` : '';
}

/** No longer text is looked through for a wait. */
const LONGEST_WORDS = 1000;

/** So many ms a reply asks to wait; no more than the gate closes for. */
function retryAfter(reply: HttpReply): number | undefined {
  const asked =
    parseRetryAfter(reply.header('retry-after'), reply.header('date')) ?? toldOtherwise(reply);
  return asked === undefined ? undefined : Math.min(asked, LONGEST_WAIT_MS);
}

function toldOtherwise({ header, status, text }: HttpReply): number | undefined {
  const inWords = delayInWords(text.slice(0, LONGEST_WORDS));
  if (status !== 429) return inWords;
  return Math.max(inWords ?? 0, rateLimitOf(header).resetMs ?? 0) || DEFAULT_RETRY_AFTER_MS;
}

function facts(reply: HttpReply): { status: number; correlationId?: string } {
  const correlationId =
    reply.header('genesys-correlation-id') ?? reply.header('inin-correlation-id');
  return { status: reply.status, ...(correlationId && { correlationId }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function complaint(text: string, error: z.ZodError): string {
  if (text.trim() === '') return 'it is empty.';
  if (parseJson(text) === undefined) return 'it is no JSON.';
  const [issue] = error.issues;
  const where = issue?.path.join('.');
  return (where ? `"${where}": ` : '') + (issue?.message ?? '');
}
