import {
  NONE_YET,
  type RequestLimits,
  strategies,
  StoreError,
  type UpdatePolicy,
} from '../../core';
import { type Change, Lanes, type Snapshot, type Store } from './flat';
import type { Content } from './model-record';
import { seededRandom, VirtualClock } from './virtual-clock';

export const POLICY: UpdatePolicy = {
  maxAttempts: 10,
  totalTimeoutMs: 10_000,
  requestTimeoutMs: 1000,
  backoff: strategies.fixed({ baseMs: 50, maxMs: 5000 }),
};

interface Options {
  /** `undefined` where there is no record yet. */
  readonly content?: Content;
  /** The version that a record gets when it is made. */
  readonly firstVersion?: 0 | 1;
  /** Whether a write without a version is refused where there is a record. Default: it replaces that. */
  readonly refusesSecond?: boolean;
}

/** What becomes of a write that is answered with 202. */
export type Fate = 'applied' | 'dropped' | 'refused' | { readonly made: Content };

/** A server that only accepts writes, each within 20 ms, and makes the record that is not there. */
export class AcceptingRecord {
  content: Content | undefined;
  version: number;
  readonly log: string[] = [];
  /** What becomes of the next writes; default that they are applied. */
  readonly fates: Fate[] = [];

  constructor(
    private readonly clock: VirtualClock,
    private readonly options: Options = {},
  ) {
    this.content = options.content;
    this.version = options.firstVersion ?? 1;
  }

  /** Somebody else replaces the record. */
  replace(content: Content): void {
    if (this.content) this.version++;
    this.content = content;
  }

  /** @param halfMs how long a request takes to get there */
  store(halfMs = 10): Store<Content> {
    const travel = async ({ signal }: Pick<RequestLimits, 'signal'>) => {
      await this.clock.sleep(halfMs, signal);
    };
    return {
      versioned: true,
      read: async (limits) => {
        await travel(limits).catch(() => {
          throw new StoreError('given up', { kind: 'transient' });
        });
        this.log.push('read');
        const snapshot = this.snapshot();
        await travel({});
        return snapshot;
      },
      write: async (next, { version }) => {
        await travel({});
        this.log.push(`write ${String(version)}`);
        const isStale = this.isStale(version);
        const fate = this.fates.shift() ?? 'applied';
        if (!isStale && fate === 'applied') this.replace(next);
        if (!isStale && typeof fate === 'object') this.replace(fate.made);
        await travel({});
        if (isStale) throw new StoreError('stale', { kind: 'conflict', namesVersion: true });
        return { accepted: true };
      },
    };
  }

  private isStale(version: number | null): boolean {
    if (version !== NONE_YET) return !this.content || version !== this.version;
    return this.content !== undefined && this.options.refusesSecond === true;
  }

  private snapshot(): Snapshot<Content> {
    return this.content
      ? { state: this.content, version: this.version }
      : { state: {}, version: NONE_YET };
  }
}

/** Processes with one such record. */
export function setUp(options?: Options) {
  const clock = new VirtualClock();
  const record = new AcceptingRecord(clock, options);
  const process = (halfMs?: number) => {
    const lanes = new Lanes<Content, unknown>({ clock, random: seededRandom(1) });
    const store = record.store(halfMs);
    return (change: Change<Content, unknown>, policy: Partial<UpdatePolicy> = {}) =>
      lanes.update(() => Promise.resolve({ key: 'record', store }), change, {
        ...POLICY,
        ...policy,
      });
  };
  return { clock, record, process };
}
