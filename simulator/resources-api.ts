import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod/v4';
import { foreignAttributes } from './attributes';
import type { Echo } from './echo';
import type { Fault } from './faults';
import type { ApiRequest } from './platform-api';
import type { ReadMoments } from './read-moments';
import type { Reply } from './replies';
import { accepted, errorReply, json } from './replies';
import type { Fields, ResourceKind, SimulatedResource } from './resource';
import { type ConflictForm, resourceConflict } from './resource-conflict';
import type { CurrentSettings } from './settings';

interface ResourcesOptions {
  readonly resources: ReadonlyMap<string, SimulatedResource>;
  readonly moments: ReadMoments;
  readonly settings: CurrentSettings;
  readonly putMerges: boolean;
}

/** How a kind is written, and what it takes. */
interface Rules {
  readonly method: 'PUT' | 'PATCH';
  readonly conflict: ConflictForm;
  readonly fields: z.ZodType;
}

const name = z.string().min(1);

const RULES: Record<ResourceKind, Rules> = {
  groups: {
    method: 'PUT',
    conflict: 'general409',
    fields: z.looseObject({ name, visibility: z.enum(['public', 'owners', 'members']).optional() }),
  },
  users: { method: 'PATCH', conflict: 'wrongVersion400', fields: z.looseObject({ name }) },
  campaigns: {
    method: 'PUT',
    conflict: 'version409',
    fields: z.looseObject({
      name,
      dialingMode: z.enum([
        'agentless',
        'external',
        'power',
        'predictive',
        'preview',
        'progressive',
      ]),
    }),
  },
};

/** What the platform keeps itself: whatever a write says of it counts for nothing. */
const READ_ONLY: ReadonlySet<string> = new Set([
  'id',
  'version',
  'selfUri',
  'dateCreated',
  'dateModified',
]);

const versioned = z.looseObject({ version: z.int() });

/** Groups, users and campaigns: whatever is read and written as a whole, under a version. */
export class ResourcesApi {
  constructor(private readonly options: ResourcesOptions) {}

  answer(request: ApiRequest): Reply {
    const { address, fault, path } = request;
    const { moments, resources } = this.options;
    const resource = resources.get(path);
    if (resource === undefined || fault?.kind === 'missing') {
      return errorReply(404, 'not.found', 'There is no such resource');
    }
    if (address.operation === 'readResource') {
      return json(200, resource.documentAt(moments.next(path)));
    }
    return this.#write(resource, request);
  }

  #write(resource: SimulatedResource, { body, contentType, fault, method }: ApiRequest): Reply {
    const rules = RULES[resource.kind];
    if (method !== rules.method) {
      return errorReply(405, 'method.not.allowed', `Use ${rules.method}`);
    }
    if (!contentType?.startsWith('application/json')) {
      return errorReply(415, 'unsupported.media.type', 'The body must be application/json');
    }
    const asked = versioned.safeParse(body);
    const given = foreignAttributes.safeParse(body);
    if (asked.error) return badRequest(asked.error);
    if (given.error) return badRequest(given.error);
    const { version: at } = resource;
    const basedOn = asked.data.version;
    const isOrdered = fault?.kind === 'conflict';
    const form = (isOrdered ? fault.form : undefined) ?? rules.conflict;
    const isSpurious = isOrdered && fault.spurious === true;
    if (isSpurious || basedOn !== at) return resourceConflict(form, { at, basedOn });
    const own = writable(given.data);
    const merges = rules.method === 'PATCH' || this.options.putMerges;
    const fields = merges ? { ...resource.fields, ...own } : own;
    const checked = rules.fields.safeParse(fields);
    if (checked.error) return badRequest(checked.error);
    const before = resource.documentAt(performance.now());
    resource.commit(fields, 'api');
    if (fault?.kind === 'foreignWrite' && fault.when === 'after') resource.write(fault.attributes);
    return this.#reply(resource, before, fault);
  }

  #reply(resource: SimulatedResource, before: object, fault: Fault | undefined): Reply {
    if (resource.answer === 'accepted') return json(202, 'Accepted', { applied: true });
    if (resource.answer === 'noContent') return { ...accepted(), status: 204 };
    const echo = fault?.kind === 'echo' ? fault.echo : this.options.settings.values.putEcho;
    const now = resource.documentAt(performance.now());
    return json(200, echoOf(echo, before, now), { applied: true });
  }
}

function writable(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !READ_ONLY.has(field)));
}

function echoOf(
  echo: Echo,
  before: object,
  now: ReturnType<SimulatedResource['documentAt']>,
): object {
  switch (echo) {
    case 'complete':
      return now;
    case 'old':
      return before;
    case 'empty':
      return { id: now.id, version: now.version };
    case 'partial': {
      const known = new Map<string, unknown>(Object.entries(before));
      const changed = Object.entries(now).filter(
        ([field, value]) => !isDeepStrictEqual(known.get(field), value),
      );
      return { ...Object.fromEntries(changed), id: now.id };
    }
  }
}

function badRequest(error: z.ZodError): Reply {
  return errorReply(400, 'bad.request', z.prettifyError(error));
}
