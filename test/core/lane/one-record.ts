import { type Admission, strategies, type UpdatePolicy } from '../../../core';
import { type Change, Lanes, type Store } from '../flat';
import { set } from '../changes';
import { type Content, type Fault, ModelRecord } from '../model-record';
import { seededRandom, VirtualClock } from '../virtual-clock';

export const POLICY: UpdatePolicy = {
  maxAttempts: 30,
  totalTimeoutMs: 30_000,
  requestTimeoutMs: 1000,
  backoff: strategies.fixed({ baseMs: 100, maxMs: 5000 }),
};

export const conflict: Fault = { kind: 'churn' };

export interface Options extends NonNullable<ConstructorParameters<typeof ModelRecord>[1]> {
  readonly freshMs?: number;
  readonly maxQueue?: number;
  readonly admission?: Admission;
}

/** One process with one record: requests take 20 ms. */
export function setUp({ admission, freshMs, maxQueue, ...options }: Options = {}) {
  const clock = new VirtualClock();
  const record = new ModelRecord(clock, options);
  const lanes = new Lanes<Content, unknown>({
    clock,
    random: seededRandom(1),
    ...(freshMs !== undefined && { freshMs }),
    ...(maxQueue !== undefined && { maxQueue }),
  });
  const store: Store<Content> = { ...record.store(), ...(admission && { admission }) };
  const start = (
    change: Change<Content, unknown>,
    policy: Partial<UpdatePolicy> = {},
    signal?: AbortSignal,
  ) =>
    lanes.update(
      () => Promise.resolve({ key: 'record', store }),
      change,
      { ...POLICY, ...policy },
      signal,
    );
  const later = async (ms: number, ...rest: Parameters<typeof start>) => {
    await clock.sleep(ms);
    return await start(...rest);
  };
  return { clock, record, lanes, store, start, later };
}

export const refuse: Change<Content, unknown> = {
  idempotent: true,
  apply: () => ({ kind: 'refused', reason: 'taken' }),
};

/** Refuses where somebody else has changed `name` since the first read. */
export function setUnlessChanged(name: string, value: number): Change<Content, unknown> {
  const change = set({ [name]: value });
  return {
    ...change,
    apply: (base, { first, now, theirs }, written) =>
      now.state[name] === first.state[name]
        ? change.apply(base, { first, now, theirs }, written)
        : { kind: 'refused', reason: `${name} is ${String(now.state[name])}` },
  };
}

export const wanting = (wanted: Content) => set(wanted) as Change<Content, unknown>;
export const kinds = (record: ModelRecord) => record.requests.map(({ kind }) => kind);
export const hundred = Array.from({ length: 100 }, (_, index) => index);
