import { type Failure, type RequestLimits, StoreError } from '../../core';
import { coreSnapshot, type Receipt, type Snapshot, type Store } from './flat';
import type { VirtualClock } from './virtual-clock';

export type Content = Readonly<Record<string, number>>;

/** What befalls one request. Without a fault it takes a round trip and succeeds. */
export type Fault =
  /** The record's own life moves the version just before the write is judged. */
  | { readonly kind: 'churn' }
  /** Somebody else writes just before the write is judged; the reply may carry what is there now. */
  | { readonly kind: 'overtaken'; readonly by: Content; readonly carried?: true }
  /** Not applied, and answered so. */
  | { readonly kind: 'answer'; readonly failure: Failure<Content>; readonly message?: string }
  /** The reply does not come; the request times out. Applied at once, later or never. */
  | { readonly kind: 'lost'; readonly appliedAfterMs: number | 'never' }
  /** Applied, but the reply shows something else than the record; `after`: what others then write. */
  | { readonly kind: 'echo'; readonly shows: Partial<Snapshot<Content>>; readonly after?: Content }
  /** A read that shows an older state. */
  | { readonly kind: 'stale'; readonly snapshot: Snapshot<Content> };

/** A versioned record on a model server that answers after a fixed round trip and suffers faults to order. */
export class ModelRecord {
  version = 1;
  content: Content;
  readonly requests: {
    readonly at: number;
    readonly kind: 'read' | 'write';
    readonly timeoutMs: number;
    readonly version?: number | null;
  }[] = [];
  /** Every content that was ever committed, by the version it got. */
  readonly commits = new Map<number, Content>();

  constructor(
    private readonly clock: VirtualClock,
    private readonly options: {
      readonly roundTripMs?: number;
      readonly content?: Content;
      readonly versioned?: boolean;
      readonly reads?: (Fault | undefined)[];
      readonly writes?: (Fault | undefined)[];
    } = {},
  ) {
    this.content = options.content ?? {};
  }

  get reads(): number {
    return this.requests.filter(({ kind }) => kind === 'read').length;
  }

  get writes(): number {
    return this.requests.filter(({ kind }) => kind === 'write').length;
  }

  /** Commits unconditionally, as others do. */
  commit(changes: Content): void {
    this.content = { ...this.content, ...changes };
    this.version++;
    this.commits.set(this.version, this.content);
  }

  store(): Store<Content> {
    return {
      versioned: this.options.versioned ?? true,
      read: async (limits) => await this.read(limits),
      write: async (next, base, limits) => await this.write(next, base, limits),
    };
  }

  private async read(limits: RequestLimits): Promise<Snapshot<Content>> {
    this.requests.push({ at: this.clock.now(), kind: 'read', timeoutMs: limits.timeoutMs });
    const fault = this.options.reads?.shift();
    if (fault?.kind === 'lost') await this.loseReply(limits, 'transient');
    await this.halfRoundTrip(limits);
    if (fault?.kind === 'answer') throw new StoreError(fault.message ?? 'no', fault.failure);
    const snapshot = fault?.kind === 'stale' ? fault.snapshot : this.snapshot();
    await this.halfRoundTrip(limits);
    return snapshot;
  }

  private async write(
    next: Content,
    base: Snapshot<Content>,
    { timeoutMs }: RequestLimits,
  ): Promise<Receipt<Content>> {
    // A write under way is seen to its end, so the signal is not passed on.
    const limits = { timeoutMs };
    this.requests.push({
      at: this.clock.now(),
      kind: 'write',
      timeoutMs: limits.timeoutMs,
      version: base.version,
    });
    const fault = this.options.writes?.shift();
    if (fault?.kind === 'lost') {
      if (fault.appliedAfterMs !== 'never') {
        this.clock.at(this.clock.now() + fault.appliedAfterMs, () => {
          if (base.version === this.version) this.replace(next);
        });
      }
      await this.loseReply(limits, 'ambiguous');
    }
    await this.halfRoundTrip(limits);
    if (fault?.kind === 'churn') this.commit({});
    if (fault?.kind === 'overtaken') this.commit(fault.by);
    const failure = this.judge(base, fault);
    if (!failure) this.replace(next);
    if (fault?.kind === 'echo' && fault.after) this.commit(fault.after);
    const snapshot = { ...this.snapshot(), ...(fault?.kind === 'echo' && fault.shows) };
    await this.halfRoundTrip(limits);
    if (failure) throw failure;
    return { snapshot };
  }

  private judge(base: Snapshot<Content>, fault: Fault | undefined): StoreError | undefined {
    if (fault?.kind === 'answer') return new StoreError(fault.message ?? 'no', fault.failure);
    const unconditional = this.options.versioned === false;
    if (unconditional || base.version === this.version) return undefined;
    return new StoreError('the version is not the latest', {
      kind: 'conflict',
      namesVersion: true,
      ...(fault?.kind === 'overtaken' &&
        fault.carried && { current: coreSnapshot(this.snapshot()) }),
    });
  }

  private replace(content: Content): void {
    this.content = content;
    this.version++;
    this.commits.set(this.version, content);
  }

  private snapshot(): Snapshot<Content> {
    return {
      state: this.content,
      version: this.options.versioned === false ? null : this.version,
    };
  }

  private async halfRoundTrip({ signal }: RequestLimits): Promise<void> {
    try {
      await this.clock.sleep((this.options.roundTripMs ?? 20) / 2, signal);
    } catch {
      throw new StoreError('given up', { kind: 'transient' });
    }
  }

  private async loseReply(
    { timeoutMs, signal }: RequestLimits,
    kind: 'transient' | 'ambiguous',
  ): Promise<never> {
    await this.clock.sleep(timeoutMs, signal).catch(() => undefined);
    throw new StoreError('no reply', { kind });
  }
}
