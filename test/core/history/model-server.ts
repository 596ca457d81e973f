import { type Clock, type Random, type RequestLimits, StoreError } from '../../../core';
import { coreSnapshot, type Receipt, type Snapshot, type Store } from '../flat';
import { Deliveries } from './deliveries';
import { partialEcho, snapshotOf } from './echo';
import type { Fault, Incident } from './fault';
import { type Commit, Journal, type SentRequest } from './journal';
import { ModelNetwork, type Reply } from './model-network';
import { ModelReplicas } from './model-replicas';
import type { Call, Content } from './operation';
import { perform } from './sequential-specification';

interface ModelRecord {
  readonly name: string;
  readonly replicas: ModelReplicas<Commit>;
}

/** Some versioned records behind a network that loses, delays and refuses requests to order. */
export class ModelServer {
  readonly journal = new Journal();
  private readonly records: ReadonlyMap<string, ModelRecord>;
  private readonly network: ModelNetwork;
  private readonly deliveries: Deliveries;

  constructor(
    private readonly clock: Clock,
    random: Random,
    private readonly options: {
      readonly records: readonly string[];
      readonly content: Content;
      /** By the order in which requests are sent. */
      readonly faults: readonly (Fault | undefined)[];
      /** Whether conflict replies bring the record as it is. */
      readonly carriesCurrent: boolean;
    },
  ) {
    this.network = new ModelNetwork(clock, random);
    this.deliveries = new Deliveries(this.journal, clock);
    this.records = new Map(
      options.records.map((name) => {
        const first = this.note(name, 1, options.content, null);
        return [name, { name, replicas: new ModelReplicas(clock, random, first) }];
      }),
    );
  }

  /** One client's way to one record. */
  store(client: string, record: string): Store<Content> {
    const target = this.find(record);
    return {
      versioned: true,
      read: async (limits) => await this.read(client, target, limits),
      write: async (next, base, limits) => await this.write(client, target, next, base, limits),
    };
  }

  befall(name: string, incident: Incident): void {
    const record = this.find(name);
    const { journal } = this;
    switch (incident.kind) {
      case 'foreignWrite':
        if (!journal.gone.has(name)) this.writeFromOutside(record, incident.call);
        return;
      case 'churn':
        if (!journal.gone.has(name)) this.commit(record, record.replicas.latest.content, null);
        return;
      case 'lag':
        journal.lagMs = Math.max(journal.lagMs, incident.forMs);
        record.replicas.befall(incident);
        return;
      case 'flips':
        journal.lagMs = Math.max(journal.lagMs, incident.byMs);
        record.replicas.befall(incident);
        return;
      case 'gone':
        if (!journal.gone.has(name)) journal.gone.set(name, journal.moment());
    }
  }

  private find(name: string): ModelRecord {
    const record = this.records.get(name);
    if (!record) throw new Error(`There is no record "${name}".`);
    return record;
  }

  private async read(
    client: string,
    record: ModelRecord,
    limits: RequestLimits,
  ): Promise<Snapshot<Content>> {
    const { sent, fault } = this.send(client, record, limits);
    // A request that is repeated on the way has several replies.
    const old = new WeakSet<Reply<Snapshot<Content>>>();
    return await this.network.exchange<Snapshot<Content>>(fault, limits, {
      arrive: () => {
        const answer = this.answered(record, fault, 'transient');
        if (answer) return answer;
        const shown = record.replicas.show();
        const reply = { body: snapshotOf(shown) };
        if (shown !== record.replicas.latest) old.add(reply);
        return reply;
      },
      noReply: () => new StoreError('no reply', { kind: 'transient' }),
      delivered: (reply) => {
        this.deliveries.noteRead(sent, reply, old.has(reply));
      },
    });
  }

  private async write(
    client: string,
    record: ModelRecord,
    next: Content,
    base: Snapshot<Content>,
    limits: RequestLimits,
  ): Promise<Receipt<Content>> {
    const { sent, fault } = this.send(client, record, limits, {
      next,
      base: base.version,
    });
    let committed: Commit | undefined;
    return await this.network.exchange<Receipt<Content>>(
      fault,
      // A write that is under way is seen to its end.
      { timeoutMs: limits.timeoutMs },
      {
        arrive: () => {
          const answer = this.answered(record, fault, 'ambiguous');
          const applies = !answer || (fault?.kind === 'unavailable' && fault.applied);
          const isCurrent = base.version === record.replicas.latest.version;
          if (!applies || this.journal.gone.has(record.name) || !isCurrent) {
            return answer ?? { failure: this.conflict(record, true) };
          }
          committed = this.commit(record, next, client);
          return answer ?? { body: { snapshot: this.echo(record, committed, base, fault) } };
        },
        noReply: () => new StoreError('no reply', { kind: 'ambiguous' }),
        delivered: (reply) => {
          if (committed && 'body' in reply) committed.acknowledged = true;
          this.deliveries.noteWrite(sent, base, reply, record.replicas.latest.version);
        },
      },
    );
  }

  private send(
    client: string,
    record: ModelRecord,
    { timeoutMs, signal }: RequestLimits,
    writes?: SentRequest['writes'],
  ): { sent: SentRequest; fault: Fault | undefined } {
    if (signal?.aborted || timeoutMs <= 0) {
      throw new StoreError('not sent', { kind: 'transient' });
    }
    const fault = this.options.faults[this.journal.requests.length];
    const sent = {
      moment: this.journal.moment(),
      atMs: this.clock.now(),
      client,
      record: record.name,
      fault,
      ...(writes && { writes }),
    };
    this.journal.requests.push(sent);
    return { sent, fault };
  }

  /** The failure that a request meets, whatever it asks for. */
  private answered(
    { name, replicas }: ModelRecord,
    fault: Fault | undefined,
    unsure: 'transient' | 'ambiguous',
  ): { readonly failure: StoreError } | undefined {
    const isRead = unsure === 'transient';
    if (fault?.kind === 'throttled') {
      const { retryAfterMs } = fault;
      return { failure: new StoreError('429', { kind: 'throttled', retryAfterMs }) };
    }
    if (fault?.kind === 'unavailable') {
      const { retryAfterMs } = fault;
      return {
        failure: new StoreError('503', {
          kind: unsure,
          ...(retryAfterMs !== undefined && { retryAfterMs }),
        }),
      };
    }
    if (this.journal.gone.has(name) || (isRead && fault?.kind === 'absent')) {
      return { failure: new StoreError('404', { kind: 'permanent', isAbsent: true }) };
    }
    if (fault?.kind === 'spuriousConflict' && !isRead) {
      return { failure: this.conflict({ name, replicas }, fault.namesVersion) };
    }
    return undefined;
  }

  /** What the reply to a write shows. */
  private echo(
    record: ModelRecord,
    committed: Commit,
    base: Snapshot<Content>,
    fault: Fault | undefined,
  ): Snapshot<Content> {
    if (fault?.kind === 'overtaken') this.writeFromOutside(record, fault.call);
    return fault?.kind === 'partialEcho'
      ? partialEcho(fault.echo, committed, base)
      : snapshotOf(record.replicas.latest);
  }

  private conflict({ replicas }: ModelRecord, namesVersion: boolean): StoreError {
    return new StoreError('409', {
      kind: 'conflict',
      namesVersion,
      ...(this.options.carriesCurrent && { current: coreSnapshot(snapshotOf(replicas.latest)) }),
    });
  }

  private writeFromOutside(record: ModelRecord, call: Call): void {
    const effect = perform(call, record.replicas.latest.content);
    if (effect.kind === 'written') this.commit(record, effect.next, null);
  }

  private commit({ name, replicas }: ModelRecord, content: Content, client: string | null): Commit {
    const commit = this.note(name, replicas.latest.version + 1, content, client);
    replicas.add(commit);
    return commit;
  }

  private note(record: string, version: number, content: Content, client: string | null): Commit {
    const moment = this.journal.moment();
    const atMs = this.clock.now();
    const commit = { moment, atMs, record, version, content, client, acknowledged: false };
    this.journal.commits.push(commit);
    return commit;
  }
}
