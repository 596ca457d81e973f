import type { Call, CallOptions } from './call';
import { SimulatedCall } from './call';
import { Control } from './control';
import { ConversationsApi } from './conversations-api';
import type { Fault } from './faults';
import { FaultQueue } from './faults';
import { Gateway } from './gateway';
import type { Journal, JournalEntry } from './journal';
import { RequestJournal } from './journal';
import { DEFAULT_QUEUES, DEFAULT_USERS, type Named, organisationOf } from './organisation';
import { News } from './news';
import { OtherSystems } from './other-systems';
import { PlatformApi } from './platform-api';
import { RateLimits } from './rate-limits';
import { ReadMoments } from './read-moments';
import {
  BEGINNINGS,
  type Resource,
  type ResourceKind,
  type ResourceOptions,
  SimulatedResource,
} from './resource';
import { ResourcesApi } from './resources-api';
import { SimulatorServer } from './server';
import type { Flavour, Settings, SettingsChange } from './settings';
import { CurrentSettings } from './settings';
import { Tokens } from './tokens';
import { WINDOW_PATH } from './window/page';
import { Window } from './window/window';

export type { Attributes, AttributeValue } from './attributes';
export type { Call, CallOptions, NewParticipant } from './call';
export type { Echo } from './echo';
export { FAULT_KINDS } from './faults';
export type { Fault } from './faults';
export type { Journal, JournalEntry, RequestKind } from './journal';
export type { Lag } from './lag';
export type { Named } from './organisation';
export type { Commit, Participant } from './participant';
export type { Fields, Resource, ResourceKind, ResourceOptions } from './resource';
export type { ConflictForm } from './resource-conflict';
export type { CustomContent, CustomRecord } from './custom-attributes';
export type { SecureAttributes } from './secure-attributes';
export type { Flavour, Settings, SettingsChange } from './settings';

/** How the simulated organisation behaves. What is among the settings can be changed later, too. */
export interface SimulatorOptions extends SettingsChange {
  /** Port on 127.0.0.1; default 0, any free one. */
  port?: number | undefined;
  /** Default `demo-client`. */
  clientId?: string | undefined;
  /** Default `demo-secret`. */
  clientSecret?: string | undefined;
  /** Default `versioned`. */
  flavour?: Flavour | undefined;
  /** Round trip time in ms, half before a request takes effect and half after; default 0. */
  latencyMs?: number | undefined;
  /** Default 86400, a day. */
  tokenLifetimeSeconds?: number | undefined;
  /** API requests allowed to each token in any 60 s; beyond it 429. Default: no limit. */
  requestsPerMinute?: number | undefined;
  /** API requests allowed to the client with all its tokens in any 60 s; beyond it 429. Default: no limit. */
  clientRequestsPerMinute?: number | undefined;
  /** A PUT merges into the attributes or fields instead of replacing them; default false, so that a lost update shows. */
  putMerges?: boolean | undefined;
  /** Public flavour: the answer where the public API has nothing; default 404. */
  missingStatus?: 404 | 405 | undefined;
  /** Names of queues; default three. */
  queues?: readonly string[] | undefined;
  /** Names of users; default three. */
  users?: readonly string[] | undefined;
  /** Called once for every request when it has been answered or dropped. */
  log?: ((entry: JournalEntry) => void) | undefined;
}

/** A running stand-in for Genesys Cloud. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`: both the login host and the API host. */
  readonly url: string;
  /** The page on which to see what happens, and to make things go wrong. */
  readonly windowUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly journal: Journal;
  /** By name, as all lists of them. Calls are in the first one unless told otherwise. */
  readonly queues: readonly Named[];
  /** The first one is the agent of calls unless told otherwise. */
  readonly users: readonly Named[];
  /** Round trip time in ms; may be changed while it runs. */
  latencyMs: number;
  /** As they are at the moment. */
  readonly settings: Settings;
  /** Throws on a change that is not well formed. */
  changeSettings(change: SettingsChange): void;
  addCall(options?: CallOptions): Call;
  /** What it needs to be valid is there, whatever fields are given. */
  addResource(kind: ResourceKind, options?: ResourceOptions): Resource;
  /** Orders a fault; each request meets at most one, first in first out. */
  fault(fault: Fault): void;
  /** Makes every token issued so far invalid. */
  expireTokens(): void;
  /** Stops all timers, destroys open sockets and resolves when the port is free. */
  close(): Promise<void>;
}

/** Starts a simulator on the loopback interface. Rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { clientId = 'demo-client', clientSecret = 'demo-secret' } = options;
  const { tokenLifetimeSeconds = 86_400, flavour = 'versioned' } = options;
  const calls = new Map<string, SimulatedCall>();
  const news = new News();
  const faults = new FaultQueue(news);
  const journal = new RequestJournal(news);
  const tokens = new Tokens(clientId, clientSecret, tokenLifetimeSeconds);
  const settings = new CurrentSettings(flavour, options, news);
  const moments = new ReadMoments(settings);
  const conversations = new ConversationsApi({
    calls,
    flavour,
    moments,
    settings,
    putMerges: options.putMerges ?? false,
    missingStatus: flavour === 'public' ? (options.missingStatus ?? 404) : 404,
  });
  const rateLimits = new RateLimits({
    token: options.requestsPerMinute,
    client: options.clientRequestsPerMinute,
  });
  const { queues = DEFAULT_QUEUES, users = DEFAULT_USERS } = options;
  const organisation = organisationOf(queues, users);
  const resources = new Map<string, SimulatedResource>();
  const api = new PlatformApi(
    tokens,
    rateLimits,
    conversations,
    new ResourcesApi({ moments, resources, settings, putMerges: options.putMerges ?? false }),
    organisation,
  );

  function addCall(callOptions?: CallOptions): SimulatedCall {
    const [queue] = organisation.queues;
    const [user] = organisation.users;
    const call = new SimulatedCall({ queueId: queue?.id, userId: user?.id, ...callOptions }, news);
    calls.set(call.conversationId, call);
    news.tell();
    return call;
  }

  function addResource(kind: ResourceKind, resourceOptions: ResourceOptions = {}) {
    const resource = new SimulatedResource(kind, {
      ...resourceOptions,
      fields: { ...BEGINNINGS[kind], ...resourceOptions.fields },
    });
    resources.set(resource.path, resource);
    return resource;
  }

  const platform = { api, calls, resources, tokens, faults };
  const server = new SimulatorServer({
    gateway: new Gateway({ platform, journal, log: options.log }),
    control: new Control({ calls, faults, journal, settings, addCall, addResource }),
    window: new Window({ calls, faults, flavour, journal, news, settings }),
    latencyMs: options.latencyMs ?? 0,
  });
  const port = await server.listen(options.port ?? 0);
  const url = `http://127.0.0.1:${String(port)}`;
  const otherSystems = new OtherSystems({ calls, settings, news });

  return {
    url,
    windowUrl: `${url}${WINDOW_PATH}`,
    clientId,
    clientSecret,
    journal,
    ...organisation,
    get latencyMs() {
      return server.latencyMs;
    },
    set latencyMs(ms) {
      server.latencyMs = ms;
    },
    get settings() {
      return settings.values;
    },
    changeSettings: (change) => {
      settings.change(change);
    },
    addCall,
    addResource,
    fault: (fault) => {
      faults.order(fault);
    },
    expireTokens: () => {
      tokens.expireAll();
    },
    close: () => {
      for (const call of calls.values()) call.stopChanging();
      otherSystems.close();
      return server.close();
    },
  };
}
