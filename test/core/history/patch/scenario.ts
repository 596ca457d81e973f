import fc from 'fast-check';

import type { Fault, Incident } from '../fault';
import { type Call, type Content } from '../operation';
import { type Caller, callOf, fault as cleanFault, policyWithin, sketch } from '../scenario';
import type { PatchScenario } from './arena';
import type { Lag } from './server';

/** What every record holds at first. */
const INITIAL: Content = { a: 'a-initial', b: 'b-initial' };

const name = fc.constantFrom('a', 'a', 'b', 'c');

/** What becomes of a thing by its place in the scenario, which makes its values unique. */
type Placed<Thing> = (index: number) => Thing;

/** What many want alike, so that the record does not show whose it is. */
const COMMON: readonly Call[] = [
  { kind: 'setIfMissing', name: 'claim', value: 'taken' },
  { kind: 'removeIfEquals', name: 'claim', expected: 'taken' },
  { kind: 'remove', names: ['a'] },
  { kind: 'remove', names: ['b', 'c'] },
  { kind: 'removeIfEquals', name: 'a', expected: 'a-initial' },
];

const unlessOthers = fc
  .record({ name, otherwise: fc.constantFrom('keep' as const, 'refuse' as const) })
  .map((given) => (index: number): Call => {
    return { kind: 'setUnlessOthers', ...given, value: `${given.name}-of-${index}` };
  });

const call: fc.Arbitrary<Placed<Call>> = fc.oneof(
  {
    // Appending and counting rely on a version.
    arbitrary: sketch
      .filter(({ kind }) => kind !== 'append' && kind !== 'count')
      .map((given) => (index: number) => callOf(given, index)),
    weight: 4,
  },
  { arbitrary: unlessOthers, weight: 2 },
  { arbitrary: fc.constantFrom(...COMMON).map((given) => () => given), weight: 1 },
);

/** Many come together, some while reads do not show what those have written, some long after. */
const startMs = fc.oneof(
  { arbitrary: fc.constantFrom(0, 0, 5, 40), weight: 3 },
  { arbitrary: fc.integer({ min: 0, max: 3000 }), weight: 3 },
  { arbitrary: fc.integer({ min: 3000, max: 15_000 }), weight: 1 },
  { arbitrary: fc.integer({ min: 15_000, max: 45_000 }), weight: 1 },
);

const caller = fc.record({
  process: fc.nat({ max: 3 }),
  record: fc.constantFrom('r0', 'r0', 'r0', 'r1'),
  call,
  startMs,
  staysMs: fc.option(fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 15_000 })), {
    nil: undefined,
    freq: 5,
  }),
  policy: policyWithin(300, 2000, 6000, 15_000, 30_000, 30_000, 60_000, 120_000),
  waitUntilVisible: fc.constantFrom(true, true, true, true, false),
});

type CallerSketch = typeof caller extends fc.Arbitrary<infer Value> ? Value : never;

const steady = (ms: number): Lag => ({ fromMs: ms, toMs: ms });
const quick = fc.constantFrom(0, 0, 200, 2000, 4000).map(steady);
const jittery = fc
  .tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 7000 }))
  .map(([fromMs, more]): Lag => ({ fromMs, toMs: fromMs + more }));
const slow = fc
  .tuple(fc.integer({ min: 0, max: 35_000 }), fc.integer({ min: 0, max: 35_000 }))
  .map(([one, other]): Lag => ({ fromMs: Math.min(one, other), toMs: Math.max(one, other) }));

const lag = fc.oneof(
  { arbitrary: quick, weight: 4 },
  { arbitrary: jittery, weight: 3 },
  { arbitrary: slow, weight: 1 },
  { arbitrary: fc.integer({ min: 0, max: 35_000 }).map(steady), weight: 1 },
);

const uncleanFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.integer({ min: 1, max: 3000 }).map((byMs): Fault => ({ kind: 'late', byMs })),
  fc.integer({ min: 1, max: 250 }).map((byMs): Fault => ({ kind: 'lateReply', byMs })),
  fc.constant<Fault>({ kind: 'absent' }),
  fc.boolean().map((isPage): Fault => ({ kind: 'falseAcceptance', isPage })),
  fc.record({
    kind: fc.constant('repeated' as const),
    afterMs: fc.integer({ min: 0, max: 3000 }),
    replyLost: fc.boolean(),
  }),
);

const foreignWrite: fc.Arbitrary<Placed<Incident>> = fc.oneof(
  {
    arbitrary: name.map((each) => (index: number): Incident => {
      const values = { [each]: `${each}-of-outside-${index}` };
      return { kind: 'foreignWrite', call: { kind: 'set', values } };
    }),
    weight: 5,
  },
  {
    arbitrary: fc
      .constantFrom(...COMMON)
      .map((given) => (): Incident => ({ kind: 'foreignWrite', call: given })),
    weight: 1,
  },
);

const flips = fc
  .record({ forMs: fc.constantFrom(700, 5000, 60_000), byMs: fc.constantFrom(60, 400, 2500, 8000) })
  .map((given) => (): Incident => ({ kind: 'flips', ...given }));

const incident = fc.record({
  atMs: startMs,
  record: fc.constantFrom('r0', 'r0', 'r0', 'r1'),
  kind: fc.oneof(
    { arbitrary: foreignWrite, weight: 12 },
    { arbitrary: flips, weight: 4 },
    { arbitrary: fc.constant(() => ({ kind: 'gone' as const })), weight: 1 },
  ),
});

const half = <Thing>(things: fc.Arbitrary<readonly Thing[]>) =>
  fc.oneof(fc.constant<readonly Thing[]>([]), things);

/** A run without its place in the world. */
interface Sketch {
  readonly callers: readonly CallerSketch[];
  readonly faults: readonly (Fault | undefined)[];
  readonly incidents: readonly {
    readonly atMs: number;
    readonly record: string;
    readonly kind: Placed<Incident>;
  }[];
}

const anything: fc.Arbitrary<Sketch> = fc.record({
  callers: fc.array(caller, { minLength: 1, maxLength: 9 }),
  faults: half(
    fc.array(
      fc.oneof(
        { arbitrary: cleanFault, weight: 2 },
        { arbitrary: fc.option(uncleanFault, { nil: undefined, freq: 2 }), weight: 1 },
      ),
      { maxLength: 25 },
    ),
  ),
  incidents: half(fc.array(incident, { maxLength: 6 })),
});

/** Some who give way, whose first write is refused, so that they see what a stranger writes meanwhile. */
const givingWay: fc.Arbitrary<Sketch> = fc.record({
  callers: fc.array(
    caller.chain((given) =>
      unlessOthers.map((giving) => ({ ...given, call: giving, startMs: given.startMs % 50 })),
    ),
    { minLength: 1, maxLength: 3 },
  ),
  faults: fc.array(
    fc.constantFrom<Fault | undefined>(
      undefined,
      { kind: 'spuriousConflict', namesVersion: false },
      { kind: 'throttled', retryAfterMs: 80 },
    ),
    { minLength: 2, maxLength: 8 },
  ),
  incidents: fc.array(
    fc.record({
      atMs: fc.integer({ min: 10, max: 200 }),
      record: fc.constant('r0'),
      kind: foreignWrite,
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

/** Some who set two names in a write whose answer is lost, while strangers write one of them. */
const overwritten: fc.Arbitrary<Sketch> = fc.record({
  callers: fc.array(
    caller.map((given) => ({
      ...given,
      call: (index: number): Call => ({
        kind: 'set',
        values: { a: `a-of-${index}`, b: `b-of-${index}` },
      }),
      startMs: given.startMs % 50,
    })),
    { minLength: 1, maxLength: 3 },
  ),
  faults: fc.array(
    fc.constantFrom<Fault | undefined>(
      undefined,
      { kind: 'replyLost' },
      { kind: 'dropped' },
      { kind: 'unavailable', applied: true },
    ),
    { minLength: 2, maxLength: 8 },
  ),
  incidents: fc.array(
    fc.record({
      atMs: fc.integer({ min: 10, max: 3000 }),
      record: fc.constant('r0'),
      kind: fc.oneof(foreignWrite, flips),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

const scenariosOf = (what: fc.Arbitrary<Sketch>): fc.Arbitrary<PatchScenario> =>
  fc
    .record({ seed: fc.nat(), processes: fc.constantFrom(1, 2, 2, 4), lag, what })
    .map(({ processes, what: { callers, faults, incidents }, ...rest }) => ({
      ...rest,
      faults,
      content: INITIAL,
      callers: callers.map(
        ({ process, staysMs, waitUntilVisible, policy, ...ways }, index): Caller => ({
          ...ways,
          client: `c${process % processes}`,
          call: ways.call(index),
          abortMs: staysMs === undefined ? undefined : ways.startMs + staysMs,
          policy: { ...policy, waitUntilVisible },
        }),
      ),
      incidents: incidents.map(({ kind, ...given }, index) => ({
        ...given,
        incident: kind(index),
      })),
    }));

/** One, two or four processes where nothing has a version and reads are up to 35 s behind. */
export const patchScenarios = scenariosOf(
  fc.oneof({ arbitrary: anything, weight: 6 }, { arbitrary: givingWay, weight: 1 }),
);

/** The same, where writes are lost and partly overwritten. */
export const overwrittenScenarios = scenariosOf(overwritten);
