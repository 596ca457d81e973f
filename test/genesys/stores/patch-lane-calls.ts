import fc from 'fast-check';

import { StoreError, strategies, UpdateError, type UpdatePolicy } from '../../../core';
import type { WantedAttributes } from '../../../genesys/stores/attribute-change';
import { seededRandom, type VirtualClock } from '../../core/virtual-clock';
import type { Fault } from './patched-participant';
import type { AttributeReport } from './told';

type Entries = readonly (readonly [string, string])[];

/** One update, and when it comes. */
export interface Call {
  readonly process: number;
  readonly atMs: number;
  readonly abortMs: number | undefined;
  readonly wanted: WantedAttributes;
  readonly policy: Partial<UpdatePolicy>;
}

/** How it ended. */
export interface Ending {
  readonly outcome: 'written' | 'superseded' | 'accepted' | 'unchanged' | UpdateError;
  readonly report: AttributeReport | undefined;
  readonly endedAt: number;
}

export const name = fc.constantFrom('a', 'b', 'c');
const entries = (value: fc.Arbitrary<string>): fc.Arbitrary<Entries> =>
  fc.uniqueArray(fc.tuple(name, value), { minLength: 1, maxLength: 2, selector: ([key]) => key });

export const wish = (value: fc.Arbitrary<string>): fc.Arbitrary<WantedAttributes> =>
  fc
    .record({
      wanted: entries(value),
      removes: fc.constantFrom(false, false, false, true),
      conflictPolicy: fc.constantFrom('overwrite', 'keepTheirs', 'fail'),
      kind: fc.constantFrom('always', 'always', 'onlyIfMissing', 'onlyIfEquals'),
      expected: entries(fc.oneof(fc.constant(''), value)),
    })
    .map(({ wanted, removes, conflictPolicy, kind, expected }) => ({
      set: new Map(removes ? [] : wanted),
      remove: new Set(removes ? wanted.map(([key]) => key) : []),
      conflictPolicy,
      condition: kind === 'onlyIfEquals' ? { kind, expected: new Map(expected) } : { kind },
    }));

/** Many come close together, and others while reads do not show what those have written. */
export const atMs = fc.oneof(fc.constantFrom(0, 20, 40), fc.integer({ min: 0, max: 1500 }));
/** How long requests and replies are on their way: a seed. */
export const network = fc.integer();
export const lagMs = fc.oneof(fc.constantFrom(0, 3000), fc.integer({ min: 0, max: 800 }));

/** Ways of 3 to 60 ms, most of them short. */
export function legs(seed: number): () => number {
  const random = seededRandom(seed);
  return () => 3 + Math.floor(57 * random() ** 3);
}

/** Starts an update in one process. */
export type Start = (
  wanted: WantedAttributes,
  policy: Partial<UpdatePolicy>,
  signal: AbortSignal,
) => Promise<{
  readonly outcome: Exclude<Ending['outcome'], Error>;
  readonly report: AttributeReport;
}>;

/** Plays all calls and waits until whatever is on its way has arrived. */
export async function play(
  clock: VirtualClock,
  calls: readonly Call[],
  startOf: (process: number) => Start,
): Promise<readonly Ending[]> {
  const endings = calls.map(async (call): Promise<Ending> => {
    const abort = new AbortController();
    if (call.abortMs !== undefined) {
      clock.at(call.atMs + call.abortMs, () => {
        abort.abort();
      });
    }
    await clock.sleep(call.atMs);
    try {
      const start = startOf(call.process);
      const result = await start(call.wanted, call.policy, abort.signal);
      return { ...result, endedAt: clock.now() };
    } catch (error) {
      if (!(error instanceof UpdateError)) throw error;
      return { outcome: error, report: undefined, endedAt: clock.now() };
    }
  });
  const ended = await clock.run(Promise.all(endings));
  await clock.run(clock.sleep(40_000));
  return ended;
}

export const answers = fc.constantFrom(
  new StoreError('503', { kind: 'ambiguous' }),
  new StoreError('connection refused', { kind: 'transient' }),
  new StoreError('429', { kind: 'throttled', retryAfterMs: 700 }),
  new StoreError('400', { kind: 'permanent', aboutContent: true }),
);
export const faultsOf = (fault: fc.Arbitrary<Fault>) =>
  fc.array(fc.option(fault, { nil: undefined, freq: 2 }), { maxLength: 12 });
/** A lost write has been applied by the time at which its loss is known, or never is. */
export const promptFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>({ lost: 'applied' }, { lost: 'never applied' }),
  answers.map((answer) => ({ answer })),
  fc.constant<Fault>({ answer: new StoreError('503', { kind: 'ambiguous' }), applied: true }),
);
export const lateFault = fc
  .integer({ min: 1, max: 3000 })
  .map((appliedAfterMs): Fault => ({ lost: { appliedAfterMs } }));

const policy = fc
  .record({
    maxAttempts: fc.integer({ min: 1, max: 10 }),
    totalTimeoutMs: fc.constantFrom(300, 1500, 6000),
    requestTimeoutMs: fc.constantFrom(15, 100, 400),
    waitUntilVisible: fc.constantFrom(true, true, false),
    strategy: fc.constantFrom(...Object.values(strategies)),
  })
  .map(({ strategy, ...limits }) => ({
    ...limits,
    backoff: strategy({ baseMs: 20, maxMs: 400 }),
  }));

export const calls = fc
  .array(
    fc.record({
      process: fc.constantFrom(0, 0, 0, 1, 2),
      atMs,
      abortMs: fc.option(fc.integer({ min: 0, max: 600 }), { nil: undefined, freq: 4 }),
      wanted: wish(fc.constantFrom('v')),
      policy,
    }),
    { minLength: 1, maxLength: 8 },
  )
  // Values tell whose work they are.
  .map((sketches) =>
    sketches.map((sketch, index) => ({
      ...sketch,
      wanted: {
        ...sketch.wanted,
        set: new Map([...sketch.wanted.set.keys()].map((key) => [key, `${key} of ${index}`])),
      },
    })),
  );

/** One that does not give up early, in the process that all share. */
export function patient(call: Call): Call {
  const limits = { maxAttempts: 30, requestTimeoutMs: 400, totalTimeoutMs: 60_000 };
  return { ...call, process: 0, policy: { ...call.policy, ...limits } };
}
