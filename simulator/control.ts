import { z } from 'zod/v4';
import { foreignAttributes } from './attributes';
import type { CallOptions, SimulatedCall } from './call';
import type { FaultQueue } from './faults';
import { faultSchema } from './faults';
import type { ResourceKind, ResourceOptions, SimulatedResource } from './resource';
import type { RequestJournal } from './journal';
import type { Reply } from './replies';
import { errorReply, json } from './replies';
import type { CurrentSettings } from './settings';
import { settingsChangeSchema } from './settings';

/** Where other processes steer the simulator. */
export const CONTROL_PREFIX = '/_simulator/';

const callOptionsSchema = z.strictObject({
  attributes: foreignAttributes.optional(),
  wrapped: z.boolean().optional(),
  externalContactId: z.string().optional(),
  waitingForMs: z.number().min(0).optional(),
  queueId: z.string().optional(),
  userId: z.string().optional(),
  externalTag: z.string().optional(),
  secureAttributes: foreignAttributes.optional(),
});

interface Controlled {
  readonly calls: ReadonlyMap<string, SimulatedCall>;
  readonly faults: FaultQueue;
  readonly journal: RequestJournal;
  readonly settings: CurrentSettings;
  readonly addCall: (options: CallOptions) => SimulatedCall;
  readonly addResource: (kind: ResourceKind, options: ResourceOptions) => SimulatedResource;
}

/** Answers the requests of the control interface. */
export class Control {
  constructor(private readonly controlled: Controlled) {}

  answer(method: string, path: string, body: unknown): Reply {
    const asked = `${method} ${path.slice(CONTROL_PREFIX.length)}`;
    if (asked === 'GET journal') return json(200, this.#redactedJournal());
    if (asked === 'GET settings') return json(200, this.controlled.settings.values);
    if (asked === 'PATCH settings') return this.#changeSettings(body);
    if (asked === 'POST faults') return this.#orderFault(body);
    if (asked === 'POST calls') return this.#addCall(body);
    if (asked === 'POST resources') return this.#addResource(body);
    const call = asked.startsWith('GET calls/')
      ? this.controlled.calls.get(asked.slice('GET calls/'.length))
      : undefined;
    return call === undefined
      ? errorReply(404, 'not.found', `Nothing to control at ${path}`)
      : json(200, callState(call));
  }

  #redactedJournal() {
    return this.controlled.journal.entries.map((entry) => ({
      ...entry,
      authorization: entry.authorization?.replace(/ .*/, ' (redacted)'),
    }));
  }

  #changeSettings(body: unknown): Reply {
    const { data, error } = settingsChangeSchema.safeParse(body);
    if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
    this.controlled.settings.change(data);
    return json(200, this.controlled.settings.values);
  }

  #orderFault(body: unknown): Reply {
    const { data, error } = faultSchema.safeParse(body);
    if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
    this.controlled.faults.order(data);
    return json(201, data);
  }

  #addResource(body: unknown): Reply {
    const { data, error } = resourceSchema.safeParse(body);
    if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
    const { kind, ...options } = data;
    return json(201, this.controlled.addResource(kind, options).documentAt(performance.now()));
  }

  #addCall(body: unknown): Reply {
    const { data, error } = callOptionsSchema.safeParse(body ?? {});
    if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
    return json(201, callState(this.controlled.addCall(data)));
  }
}

const resourceSchema = z.strictObject({
  kind: z.enum(['groups', 'users', 'campaigns']),
  fields: foreignAttributes.optional(),
  answer: z.enum(['resource', 'accepted', 'noContent']).optional(),
});

function callState(call: SimulatedCall) {
  return {
    conversationId: call.conversationId,
    connected: call.connected,
    customerId: call.customer.id,
    agentId: call.agent.id,
    secureAttributes: call.secure.attributes,
    customAttributes: Object.fromEntries(
      [...call.customRecords].map(([id, { content }]) => [id, content]),
    ),
    participants: call.participants.map((one) => ({
      id: one.id,
      purpose: one.purpose,
      connected: one.connected,
      version: one.version,
      attributes: one.attributes,
      externalContactId: one.externalContactId,
    })),
  };
}
