import { z } from 'zod/v4';
import { emptyAttributesSchema } from './attribute-display';
import { foreignAttributes } from './attributes';
import { conflictStatusSchema } from './conflict';
import { echoSchema } from './echo';
import { falseBodySchema } from './false-acceptance';
import { conflictFormSchema } from './resource-conflict';
import type { RequestKind } from './journal';
import type { News } from './news';

const milliseconds = z.number().min(0);

const target = {
  on: z.enum(['token', 'read', 'write', 'any']),
  /** How many matching requests it meets; default 1, or any number where there is `forMs`. */
  times: z.int().min(1).optional(),
  /** It meets no request that comes later than so many ms after the first one it met. */
  forMs: milliseconds.optional(),
};

const anyFault = z.discriminatedUnion('kind', [
  /** The call's state changes just before a write is judged; a PATCH of attributes answers a plain 409. */
  z.strictObject({
    ...target,
    kind: z.literal('conflict'),
    /** Nothing changes, and yet it is answered as a conflict; default false. */
    spurious: z.boolean().optional(),
    /** Default as in the settings; for a PATCH 409. */
    status: conflictStatusSchema.optional(),
    /** Default as in the settings; a PATCH has no version to name. */
    namesVersion: z.boolean().optional(),
    /** Of a resource that is no participant: how it is told; default by the kind of it. */
    form: conflictFormSchema.optional(),
  }),
  /** Another system writes just before the request is judged, or between its commit and its reply. */
  z.strictObject({
    ...target,
    kind: z.literal('foreignWrite'),
    attributes: foreignAttributes,
    when: z.enum(['before', 'after']).optional(),
  }),
  /** Answered 404, nothing applied, as if the participant or conversation were not there. */
  z.strictObject({ ...target, kind: z.literal('missing') }),
  /** The reply to a PUT shows something else than the record as it is. */
  z.strictObject({ ...target, kind: z.literal('echo'), echo: echoSchema }),
  /** The reply shows no attributes of anybody, by leaving them out or as null. */
  z.strictObject({
    ...target,
    kind: z.literal('hideAttributes'),
    as: emptyAttributesSchema.exclude(['object']),
  }),
  /** Answered so, nothing applied. Without a body, an error status gets a proper error body. */
  z.strictObject({
    ...target,
    kind: z.literal('reply'),
    status: z.int().min(200).max(599),
    code: z.string().optional(),
    message: z.string().optional(),
    retryAfter: z.string().optional(),
    body: z.string().optional(),
    contentType: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  /** A write is answered with success, nothing applied: by a web page, or by JSON that carries errors. */
  z.strictObject({
    ...target,
    kind: z.literal('falseAcceptance'),
    body: falseBodySchema,
    /** Default that of a write that was taken: 200 for a PUT, 202 for a PATCH. */
    status: z.literal([200, 202]).optional(),
  }),
  /** The socket is destroyed, nothing applied. */
  z.strictObject({ ...target, kind: z.literal('dropBefore') }),
  /** Applied, then the socket is destroyed without a reply. */
  z.strictObject({ ...target, kind: z.literal('dropAfter') }),
  /** Applied, then the reply is cut in mid-body. */
  z.strictObject({ ...target, kind: z.literal('truncate') }),
  /** Judged and applied only after so many ms, even if the client has gone by then. */
  z.strictObject({ ...target, kind: z.literal('delayBefore'), ms: milliseconds }),
  /** Applied at once, the reply comes so many ms later. */
  z.strictObject({ ...target, kind: z.literal('delayAfter'), ms: milliseconds }),
  /** A gateway sends the write again so many ms after it came; the client gets the reply to the first, or the second. */
  z.strictObject({
    ...target,
    kind: z.literal('repeat'),
    ms: milliseconds,
    deliver: z.enum(['first', 'second']).optional(),
  }),
  /** All tokens issued so far are invalid from this request on. */
  z.strictObject({
    ...target,
    kind: z.literal('expireTokens'),
    /** How much longer the sign-in after it takes. */
    signInMs: milliseconds.optional(),
  }),
  /** The call ends just before the request is judged. */
  z.strictObject({ ...target, kind: z.literal('endCall') }),
]);

/** All kinds there are. */
export const FAULT_KINDS: readonly Fault['kind'][] = anyFault.options.map(
  ({ shape }) => shape.kind.value,
);

/** Something that goes wrong with the next matching requests. */
export type Fault = z.infer<typeof anyFault>;

/** The fault that is a ready-made answer. */
export type ReplyFault = Extract<Fault, { kind: 'reply' }>;

function concerns(fault: Fault, request: RequestKind): boolean {
  switch (fault.kind) {
    case 'conflict':
    case 'echo':
    case 'falseAcceptance':
    case 'repeat':
      return request === 'write';
    case 'missing':
    case 'hideAttributes':
      return request === 'read' || request === 'write';
    case 'foreignWrite':
      return fault.when === 'after' ? request === 'write' : request !== 'token';
    case 'endCall':
      return request !== 'token';
    default:
      return true;
  }
}

/** Refuses a fault that could never meet a request. */
export const faultSchema = anyFault.refine(
  (fault) => fault.on === 'any' || concerns(fault, fault.on),
  'this kind of fault never meets the requests it is ordered for',
);

interface Order {
  readonly fault: Fault;
  /** How many requests it may still meet. */
  left: number;
  /** Monotonic time in ms; undefined until it meets its first request. */
  endsAt?: number;
}

function isPending({ left, endsAt = Infinity }: Order): boolean {
  return left > 0 && endsAt >= performance.now();
}

/** Ordered faults; each request meets at most one, the first that matches it. */
export class FaultQueue {
  #orders: Order[] = [];
  readonly #news: News;

  constructor(news: News) {
    this.#news = news;
  }

  /** What is still to come; how many requests it may meet yet, `Infinity` for any number. */
  get pending(): readonly Readonly<Order>[] {
    return this.#orders.filter(isPending);
  }

  /** Throws on a fault that is not well formed. */
  order(fault: Fault): void {
    const checked = faultSchema.parse(fault);
    const { times, forMs } = checked;
    this.#orders.push({ fault: checked, left: times ?? (forMs === undefined ? 1 : Infinity) });
    this.#news.tell();
  }

  take(request: RequestKind): Fault | undefined {
    this.#orders = this.#orders.filter(isPending);
    const order = this.#orders.find(
      ({ fault }) => (fault.on === 'any' || fault.on === request) && concerns(fault, request),
    );
    if (order === undefined) return undefined;
    order.left -= 1;
    order.endsAt ??= performance.now() + (order.fault.forMs ?? Infinity);
    return order.fault;
  }
}
