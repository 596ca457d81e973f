import {
  type Clock,
  type Delta,
  type Parts,
  type Random,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
  StoreError,
} from '../../../../core';
import type { Fault, Incident } from '../fault';
import { ModelNetwork, type Reply } from '../model-network';
import { ModelReplicas } from '../model-replicas';
import type { Content } from '../operation';
import { perform } from '../sequential-specification';
import { type Applied, contentOf, PatchLog, type SentPatch } from './log';

/** How far reads are behind. */
export interface Lag {
  readonly fromMs: number;
  /** Each read draws its own between the two; steady where they are equal. */
  readonly toMs: number;
}

interface PatchRecord {
  readonly name: string;
  readonly replicas: ModelReplicas<Applied>;
}

type Silence = 'transient' | 'ambiguous';

/** Some records without versions: a PATCH is accepted and applied, and reads show it later. */
export class PatchServer {
  readonly journal = new PatchLog();
  private readonly records: ReadonlyMap<string, PatchRecord>;
  private readonly network: ModelNetwork;

  constructor(
    private readonly clock: Clock,
    random: Random,
    private readonly options: {
      readonly records: readonly string[];
      readonly content: Content;
      readonly lag: Lag;
      /** By the order in which requests are sent. */
      readonly faults: readonly (Fault | undefined)[];
    },
  ) {
    const { content, lag, records } = options;
    const { journal } = this;
    journal.lagMs = lag.toMs;
    this.network = new ModelNetwork(clock, random);
    const lagMs = () => Math.round(lag.fromMs + (lag.toMs - lag.fromMs) * random());
    this.records = new Map(
      records.map((name) => {
        const first = journal.note(name, content, { atMs: 0, client: null, request: undefined });
        return [name, { name, replicas: new ModelReplicas(clock, random, first, lagMs) }];
      }),
    );
  }

  /** One client's way to one record. */
  store(client: string, record: string): Store<null> {
    const target = this.find(record);
    return {
      versioned: false,
      read: async (limits) => await this.read(client, target, limits),
      write: async (delta, _, limits) => await this.patch(client, target, valuesOf(delta), limits),
    };
  }

  befall(name: string, incident: Incident): void {
    const { replicas } = this.find(name);
    const { journal } = this;
    switch (incident.kind) {
      case 'foreignWrite':
        if (!journal.gone.has(name)) this.writeFromOutside(name, incident);
        return;
      case 'churn':
        return;
      case 'lag':
      case 'flips': {
        const byMs = incident.kind === 'lag' ? incident.forMs : incident.byMs;
        journal.lagMs = Math.max(journal.lagMs, this.options.lag.toMs + byMs);
        replicas.befall(incident);
        return;
      }
      case 'gone':
        if (!journal.gone.has(name)) journal.gone.set(name, journal.moment());
    }
  }

  private find(name: string): PatchRecord {
    const record = this.records.get(name);
    if (!record) throw new Error(`There is no record "${name}".`);
    return record;
  }

  private async read(
    client: string,
    { name, replicas }: PatchRecord,
    limits: RequestLimits,
  ): Promise<Snapshot<null>> {
    const sent = this.send(client, name, limits);
    const shown = new WeakMap<Reply<Snapshot<null>>, Applied>();
    return await this.network.exchange<Snapshot<null>>(sent.fault, limits, {
      arrive: () => {
        const failure = this.failure(sent, 'transient');
        if (failure) return { failure };
        const shows = replicas.show();
        const reply = { body: { parts: partsOf(shows), version: null, raw: null } };
        shown.set(reply, shows);
        return reply;
      },
      noReply: () => new StoreError('no reply', { kind: 'transient' }),
      delivered: (reply) => {
        const shows = shown.get(reply);
        this.deliver(sent, reply, shows);
      },
    });
  }

  private async patch(
    client: string,
    record: PatchRecord,
    values: Content,
    limits: RequestLimits,
  ): Promise<Receipt<null>> {
    const sent = this.send(client, record.name, limits, values);
    // A write that is under way is seen to its end.
    const { timeoutMs } = limits;
    return await this.network.exchange<Receipt<null>>(
      sent.fault,
      { timeoutMs },
      {
        arrive: () => {
          const { fault } = sent;
          const failure = this.failure(sent, 'ambiguous');
          const isDoneAllTheSame = fault?.kind === 'unavailable' && fault.applied;
          if (failure && !isDoneAllTheSame) return { failure };
          if (fault?.kind === 'falseAcceptance') return falselyAccepted(fault);
          if (this.journal.gone.has(record.name)) return { failure: gone() };
          this.apply(record, values, sent);
          return failure ? { failure } : { body: { accepted: true } };
        },
        noReply: () => new StoreError('no reply', { kind: 'ambiguous' }),
        delivered: (reply) => {
          this.deliver(sent, reply);
        },
      },
    );
  }

  private send(
    client: string,
    record: string,
    { timeoutMs, signal }: RequestLimits,
    values?: Content,
  ): SentPatch {
    if (signal?.aborted || timeoutMs <= 0) throw new StoreError('not sent', { kind: 'transient' });
    const { requests } = this.journal;
    const fault = this.options.faults[requests.length];
    const at = { moment: this.journal.moment(), atMs: this.clock.now() };
    const sent = { ...at, client, record, fault, ...(values && { values }) };
    requests.push(sent);
    return sent;
  }

  /** What a request meets, whatever it asks for. */
  private failure({ record, values, fault }: SentPatch, unsure: Silence): StoreError | undefined {
    switch (fault?.kind) {
      case 'throttled': {
        const { retryAfterMs } = fault;
        return new StoreError('429', { kind: 'throttled', retryAfterMs });
      }
      case 'unavailable': {
        const { retryAfterMs } = fault;
        const asked = retryAfterMs !== undefined && { retryAfterMs };
        return new StoreError('503', { kind: unsure, ...asked });
      }
      case 'spuriousConflict':
        if (!values) break;
        return new StoreError('409', { kind: 'conflict', namesVersion: false });
      case 'absent':
        if (values) break;
        return gone();
      default:
    }
    return this.journal.gone.has(record) && !values ? gone() : undefined;
  }

  private apply({ name, replicas }: PatchRecord, values: Content, request: SentPatch): void {
    const { client } = request;
    const atMs = this.clock.now();
    replicas.add(this.journal.note(name, values, { atMs, client, request }));
  }

  private writeFromOutside(
    name: string,
    { call }: Extract<Incident, { kind: 'foreignWrite' }>,
  ): void {
    const { replicas } = this.find(name);
    const before = contentOf(replicas.latest);
    const effect = perform(call, before);
    if (effect.kind !== 'written') return;
    const { next } = effect;
    const names = Object.keys({ ...before, ...next });
    const values = names
      .filter((each) => before[each] !== next[each])
      .map((each) => [each, next[each] ?? '']);
    const by = { atMs: this.clock.now(), client: null, request: undefined };
    replicas.add(this.journal.note(name, Object.fromEntries(values) as Content, by));
  }

  private deliver(sent: SentPatch, reply: Reply<unknown>, shows?: Applied): void {
    const { journal } = this;
    const { client, record } = sent;
    const at = { moment: journal.moment(), atMs: this.clock.now() };
    if ('body' in reply) sent.answer = { ...at, ...(shows && { shows }) };
    else sent.failure = { ...at, message: reply.failure.message };
    const failure = 'body' in reply ? undefined : reply.failure.failure;
    if (sent.values && (!failure || failure.kind === 'ambiguous')) {
      journal.writeEnds.push({ ...at, client, record });
    }
    if (failure?.kind === 'throttled') {
      journal.closures.push({ ...at, client, untilMs: at.atMs + failure.retryAfterMs });
    }
  }
}

function gone(): StoreError {
  return new StoreError('404', { kind: 'permanent', isAbsent: true });
}

function falselyAccepted({
  isPage,
}: Extract<Fault, { kind: 'falseAcceptance' }>): Reply<Receipt<null>> {
  return isPage
    ? { failure: new StoreError('a page', { kind: 'ambiguous' }) }
    : { body: { accepted: true } };
}

function partsOf({ holds }: Applied): Parts {
  return new Map([...holds].map(([name, { value }]) => [name, value]));
}

function valuesOf(delta: Delta): Content {
  return Object.fromEntries([...delta].map(([name, { to }]) => [name, to ?? '']));
}
