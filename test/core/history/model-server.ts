import { type Clock, type Random, type RequestLimits, StoreError } from '../../../core';
import { coreSnapshot, type Receipt, type Snapshot, type Store } from '../flat';
import type { Fault, Incident } from './fault';
import { type Commit, Journal, type SentRequest } from './journal';
import type { Content } from './operation';
import { perform } from './sequential-specification';

/** The way from a client to the server, or back, takes from 4 to 12 ms. */
const LEG_MS = { shortest: 4, spread: 9 };

interface ModelRecord {
  readonly name: string;
  latest: Commit;
  lag?: { readonly shows: Commit; readonly untilMs: number };
  gone: boolean;
}

type Reply<Body> = { readonly body: Body } | { readonly failure: StoreError };

/** Some versioned records behind a network that loses, delays and refuses requests to order. */
export class ModelServer {
  readonly journal = new Journal();
  private readonly records: ReadonlyMap<string, ModelRecord>;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly options: {
      readonly records: readonly string[];
      readonly content: Content;
      /** By the order in which requests are sent. */
      readonly faults: readonly (Fault | undefined)[];
      /** Whether conflict replies bring the record as it is. */
      readonly carriesCurrent: boolean;
    },
  ) {
    this.records = new Map(
      options.records.map((name) => [
        name,
        { name, gone: false, latest: this.note(name, 1, options.content, null) },
      ]),
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
    switch (incident.kind) {
      case 'foreignWrite': {
        const effect = perform(incident.call, record.latest.content);
        if (effect.kind === 'written' && !record.gone) this.commit(record, effect.next, null);
        return;
      }
      case 'churn':
        if (!record.gone) this.commit(record, record.latest.content, null);
        return;
      case 'lag':
        record.lag = { shows: record.latest, untilMs: this.clock.now() + incident.forMs };
        return;
      case 'gone':
        record.gone = true;
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
    return await this.exchange<Snapshot<Content>>(fault, limits, {
      arrive: () => this.answered(record, fault, 'transient') ?? { body: this.show(record, sent) },
      noReply: () => new StoreError('no reply', { kind: 'transient' }),
      delivered: (reply) => {
        this.noteThrottled(client, reply);
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
    const { fault } = this.send(client, record, limits);
    let committed: Commit | undefined;
    return await this.exchange<Receipt<Content>>(
      fault,
      // A write that is under way is seen to its end.
      { timeoutMs: limits.timeoutMs },
      {
        arrive: () => {
          const answer = this.answered(record, fault, 'ambiguous');
          const applies = !answer || (fault?.kind === 'unavailable' && fault.applied);
          if (applies && !record.gone && base.version === record.latest.version) {
            committed = this.commit(record, next, client);
          }
          return answer ?? this.judged(record, committed);
        },
        noReply: () => new StoreError('no reply', { kind: 'ambiguous' }),
        delivered: (reply) => {
          if (committed && 'body' in reply) committed.acknowledged = true;
          this.noteThrottled(client, reply);
        },
      },
    );
  }

  private send(
    client: string,
    record: ModelRecord,
    { timeoutMs, signal }: RequestLimits,
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
    };
    this.journal.requests.push(sent);
    return { sent, fault };
  }

  /** The way there and back. What arrives takes effect, whether anybody still waits for it or not. */
  private async exchange<Body>(
    fault: Fault | undefined,
    { timeoutMs, signal }: RequestLimits,
    {
      arrive,
      noReply,
      delivered,
    }: {
      readonly arrive: () => Reply<Body>;
      readonly noReply: () => StoreError;
      readonly delivered: (reply: Reply<Body>) => void;
    },
  ): Promise<Body> {
    const { promise, resolve, reject } = Promise.withResolvers<Body>();
    let waiting = true;
    const settle = (reply: Reply<Body>) => {
      waiting = false;
      stopTimer();
      signal?.removeEventListener('abort', giveUp);
      delivered(reply);
      if ('body' in reply) resolve(reply.body);
      else reject(reply.failure);
    };
    const giveUp = () => {
      settle({ failure: noReply() });
    };
    const stopTimer = this.clock.later(timeoutMs, giveUp);
    signal?.addEventListener('abort', giveUp);
    if (fault?.kind !== 'dropped') {
      this.clock.later(this.legMs() + (fault?.kind === 'late' ? fault.byMs : 0), () => {
        const reply = arrive();
        if (fault?.kind === 'replyLost' || !waiting) return;
        this.clock.later(this.legMs(), () => {
          if (waiting) settle(reply);
        });
      });
    }
    return await promise;
  }

  private show(record: ModelRecord, sent: SentRequest): Snapshot<Content> {
    const lags = record.lag !== undefined && this.clock.now() < record.lag.untilMs;
    const shown = lags && record.lag ? record.lag.shows : record.latest;
    if (shown !== record.latest) {
      sent.lagged = { moment: this.journal.moment(), version: shown.version };
    }
    return snapshotOf(shown);
  }

  /** The failure that a request meets, whatever it asks for. */
  private answered(
    record: ModelRecord,
    fault: Fault | undefined,
    unsure: 'transient' | 'ambiguous',
  ): { readonly failure: StoreError } | undefined {
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
    if (record.gone) return { failure: new StoreError('404', { kind: 'permanent' }) };
    if (fault?.kind === 'spuriousConflict' && unsure === 'ambiguous') {
      return { failure: this.conflict(record, fault.namesVersion) };
    }
    return undefined;
  }

  private judged(record: ModelRecord, committed: Commit | undefined): Reply<Receipt<Content>> {
    return committed
      ? { body: { snapshot: snapshotOf(committed) } }
      : { failure: this.conflict(record, true) };
  }

  private conflict({ latest }: ModelRecord, namesVersion: boolean): StoreError {
    return new StoreError('409', {
      kind: 'conflict',
      namesVersion,
      ...(this.options.carriesCurrent && { current: coreSnapshot(snapshotOf(latest)) }),
    });
  }

  private noteThrottled(client: string, reply: Reply<unknown>): void {
    if ('body' in reply || reply.failure.failure.kind !== 'throttled') return;
    this.journal.closures.push({
      moment: this.journal.moment(),
      client,
      untilMs: this.clock.now() + reply.failure.failure.retryAfterMs,
    });
  }

  private commit(record: ModelRecord, content: Content, client: string | null): Commit {
    record.latest = this.note(record.name, record.latest.version + 1, content, client);
    return record.latest;
  }

  private note(record: string, version: number, content: Content, client: string | null): Commit {
    const moment = this.journal.moment();
    const commit = { moment, record, version, content, client, acknowledged: false };
    this.journal.commits.push(commit);
    return commit;
  }

  private legMs(): number {
    return LEG_MS.shortest + Math.floor(this.random() * LEG_MS.spread);
  }
}

function snapshotOf({ content, version }: Commit): Snapshot<Content> {
  return { state: content, version };
}
