import type { Clock, StoreError } from '../../../core';
import type { Receipt, Snapshot } from '../flat';
import type { Journal, SentRequest } from './journal';
import type { Reply } from './model-network';
import type { Content } from './operation';

/** Notes what the replies that reach a client tell it. */
export class Deliveries {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  noteRead(sent: SentRequest, reply: Reply<Snapshot<Content>>, isOld: boolean): void {
    this.noteReply(sent, 'body' in reply ? reply.body : reply.failure);
    if ('body' in reply) {
      const version = reply.body.version ?? 0;
      if (isOld) sent.lagged = { moment: this.journal.moment(), version };
      this.noteSighting(sent, version);
    } else this.noteThrottled(sent, reply);
  }

  /** @param latest the version that the record has come to by now */
  noteWrite(
    sent: SentRequest,
    base: Snapshot<Content>,
    reply: Reply<Receipt<Content>>,
    latest: number,
  ): void {
    const { version } = base;
    this.noteReply(sent, 'body' in reply ? reply.body.snapshot : reply.failure);
    // Whatever the reply shows, the version has moved on from there.
    const moved = (version ?? 0) + 1;
    if ('body' in reply) {
      this.noteEnd(sent);
      this.noteSighting(sent, Math.max(moved, reply.body.snapshot?.version ?? 0));
      return;
    }
    const { failure } = reply.failure;
    if (failure.kind === 'ambiguous') this.noteEnd(sent);
    if (failure.kind === 'conflict') {
      // A conflict that is none says nothing.
      if (failure.namesVersion && latest >= moved) this.noteSighting(sent, moved);
      if (failure.current) this.noteSighting(sent, failure.current.version ?? 0);
    }
    this.noteThrottled(sent, reply);
  }

  private noteReply(sent: SentRequest, shows: Snapshot<Content> | StoreError | undefined): void {
    sent.reply = { moment: this.journal.moment(), atMs: this.clock.now(), shows };
  }

  private noteSighting({ client, record }: SentRequest, version: number): void {
    this.journal.sightings.push({ moment: this.journal.moment(), client, record, version });
  }

  private noteEnd({ client, record }: SentRequest): void {
    const moment = this.journal.moment();
    this.journal.writeEnds.push({ moment, atMs: this.clock.now(), client, record });
  }

  private noteThrottled({ client }: SentRequest, reply: Reply<unknown>): void {
    if ('body' in reply || reply.failure.failure.kind !== 'throttled') return;
    this.journal.closures.push({
      moment: this.journal.moment(),
      client,
      untilMs: this.clock.now() + reply.failure.failure.retryAfterMs,
    });
  }
}
