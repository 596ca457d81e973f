import type { Call, Content } from '../operation';
import type { ViolationKind } from '../violation';
import { check } from './check';
import { PatchLog, type SentPatch } from './log';
import type { PatchOperation, PatchOutcome } from './operation';

/** What a record that is written by hand holds at first. */
const initial: Content = { a: 'a0', b: 'b0' };

/** A run by hand: a moment is a millisecond, and everything is about one record. */
export class ByHand {
  readonly log = new PatchLog();
  private readonly history: PatchOperation[] = [];

  constructor() {
    this.log.note('r', initial, { atMs: 0, client: null, request: undefined });
  }

  /** How far back reads may have shown the record. */
  lag(ms: number): this {
    this.log.lagMs = ms;
    return this;
  }

  stranger(atMs: number, values: Content, client: string | null = null): this {
    return this.apply(atMs, values, client, undefined);
  }

  /** A PATCH: applied halfway, unless it is not, and accepted, unless there is no answer. */
  patch(
    [sent, answered]: readonly [number, number],
    values: Content,
    { isApplied = true, isAnswered = true, client = 'us' } = {},
  ): this {
    const at = { moment: sent, atMs: sent };
    const request: SentPatch = { ...at, client, record: 'r', values };
    const end = { moment: answered, atMs: answered };
    if (isAnswered) request.answer = end;
    else request.failure = { ...end, message: 'no reply' };
    this.log.requests.push(request);
    return isApplied ? this.apply((sent + answered) / 2, values, client, request) : this;
  }

  /** The network delivers the first PATCH once more. */
  repeat(atMs: number): this {
    const request = this.log.requests.find(({ values }) => values !== undefined);
    if (!request?.values) throw new Error('No PATCH was sent.');
    return this.apply(atMs, request.values, request.client, request);
  }

  /** A read that shows what there was at one time. */
  read([sent, answered]: readonly [number, number], shownMs: number, client = 'us'): this {
    const shows = this.log.applied.findLast(({ atMs }) => atMs <= shownMs);
    const request: SentPatch = { moment: sent, atMs: sent, client, record: 'r' };
    if (shows) request.answer = { moment: answered, atMs: answered, shows };
    this.log.requests.push(request);
    return this;
  }

  call(
    call: Call,
    [invoked, answered]: readonly [number, number],
    outcome: PatchOutcome,
    client = 'us',
  ): this {
    const times = { invoked, invokedMs: invoked, answered, answeredMs: answered };
    this.history.push({ client, record: 'r', call, ...times, outcome });
    return this;
  }

  /** What the checker finds. */
  verdict(): readonly ViolationKind[] {
    return [...new Set([...check(this.history, this.log)].map(({ kind }) => kind))];
  }

  private apply(
    atMs: number,
    values: Content,
    client: string | null,
    request: SentPatch | undefined,
  ): this {
    this.log.note('r', values, { atMs, client, request, moment: atMs });
    return this;
  }
}
