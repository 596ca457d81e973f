import fc from 'fast-check';

import type { Echo, Fault, Incident, UncleanFault } from './fault';
import { type Call, type Content, LOG } from './operation';
import {
  type Caller,
  callOf,
  fault as cleanFault,
  policyWithin,
  record,
  type Scenario,
  sketch,
  startMs as together,
} from './scenario';

/** No run takes longer. */
const LONGEST_MS = 60_000;

/** What every record holds at first. */
const INITIAL: Content = { a: 'a-initial', b: 'b-initial', turn: 'free', [LOG]: '' };

/** What many want alike, so that the record does not show whose it is. */
const COMMON = {
  claim: { kind: 'setIfMissing', name: 'claim', value: 'taken' },
  take: { kind: 'setIfEquals', name: 'turn', expected: 'free', value: 'taken' },
  release: { kind: 'removeIfEquals', name: 'claim', expected: 'taken' },
  giveBack: { kind: 'setIfEquals', name: 'turn', expected: 'taken', value: 'free' },
  busy: { kind: 'set', values: { status: 'busy' } },
  clear: { kind: 'remove', names: ['claim', 'status'] },
  removeB: { kind: 'remove', names: ['b'] },
  removeC: { kind: 'remove', names: ['c'] },
  removeFirstA: { kind: 'removeIfEquals', name: 'a', expected: 'a-initial' },
} satisfies Readonly<Record<string, Call>>;

const common: fc.Arbitrary<Call> = fc
  .oneof(
    { arbitrary: fc.constantFrom('claim' as const, 'take', 'busy'), weight: 2 },
    { arbitrary: fc.constantFrom('release' as const, 'giveBack', 'clear'), weight: 1 },
    { arbitrary: fc.constantFrom('removeB' as const, 'removeC', 'removeFirstA'), weight: 1 },
  )
  .map((name) => COMMON[name]);

/** What becomes of a thing by its place in the scenario, which makes its values unique. */
type Placed<Thing> = (index: number) => Thing;

const call: fc.Arbitrary<Placed<Call>> = fc.oneof(
  sketch.map((given) => (index: number) => callOf(given, index)),
  common.map((given) => () => given),
  fc
    .record({
      name: fc.constantFrom('a', 'b', 'c'),
      otherwise: fc.constantFrom('keep' as const, 'refuse' as const),
    })
    .map(({ name, otherwise }) => (index: number): Call => {
      return { kind: 'setUnlessOthers', name, value: `${name}-of-${index}`, otherwise };
    }),
);

/** A caller without its place in the scenario. */
interface CallerSketch extends Omit<Caller, 'client' | 'call' | 'abortMs'> {
  readonly process: number;
  readonly call: Placed<Call>;
  readonly staysMs: number | undefined;
}

const longPolicy = policyWithin(250, 1500, 4000, 12_000, 30_000);

const caller: fc.Arbitrary<CallerSketch> = fc.record({
  process: fc.nat({ max: 3 }),
  record,
  call,
  startMs: fc.oneof(together, together, fc.integer({ min: 0, max: 3000 })),
  staysMs: fc.option(fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 4000 })), {
    nil: undefined,
    freq: 4,
  }),
  policy: longPolicy,
});

/** Many who want the same at the same time. */
const claimant: fc.Arbitrary<CallerSketch> = fc.record({
  process: fc.nat({ max: 3 }),
  record: fc.constant('r0'),
  call: fc
    .constantFrom('claim', 'claim', 'claim', 'take', 'take', 'release', 'giveBack')
    .map((name) => () => COMMON[name]),
  startMs: fc.constantFrom(0, 5, 10, 40, 400),
  staysMs: fc.option(fc.nat({ max: 300 }), { nil: undefined, freq: 8 }),
  policy: longPolicy,
});

/** Many who count at the same time. */
const counter: fc.Arbitrary<CallerSketch> = fc.record({
  process: fc.nat({ max: 3 }),
  record: fc.constant('r0'),
  call: fc.constantFrom(1, 1, 2).map((by) => (): Call => ({ kind: 'count', by })),
  startMs: fc.constantFrom(0, 5, 10, 40, 400),
  staysMs: fc.option(fc.nat({ max: 300 }), { nil: undefined, freq: 8 }),
  policy: longPolicy,
});

/** What somebody outside writes. */
const foreignCall: fc.Arbitrary<(by: string) => Call> = fc.oneof(
  fc.constantFrom('a', 'b', 'c').map((name) => (by: string): Call => {
    return { kind: 'set', values: { [name]: `${name}-of-${by}` } };
  }),
  fc.constant((): Call => ({ kind: 'count', by: 1 })),
  common.map((given) => () => given),
);

const uncleanAnywhere: fc.Arbitrary<UncleanFault> = fc.oneof(
  fc.integer({ min: 1, max: 250 }).map((byMs): UncleanFault => ({ kind: 'lateReply', byMs })),
  fc.constant<UncleanFault>({ kind: 'absent' }),
  fc.record({
    kind: fc.constant('repeated' as const),
    afterMs: fc.integer({ min: 0, max: 600 }),
    replyLost: fc.boolean(),
  }),
);

const halfShown: fc.Arbitrary<UncleanFault> = fc
  .constantFrom<Echo>('nothing', 'changes', 'before', 'before, at its version')
  .map((echo) => ({ kind: 'partialEcho', echo }));

const fault: fc.Arbitrary<Placed<Fault | undefined>> = fc.oneof(
  { arbitrary: fc.constant(() => undefined), weight: 3 },
  { arbitrary: cleanFault.map((given) => () => given), weight: 3 },
  { arbitrary: uncleanAnywhere.map((given) => () => given), weight: 2 },
  // Reads know nothing of these, so that there have to be more.
  { arbitrary: halfShown.map((given) => () => given), weight: 3 },
  {
    arbitrary: foreignCall.map((callBy) => (index: number): UncleanFault => {
      return { kind: 'overtaken', call: callBy(`overtaker-${index}`) };
    }),
    weight: 1,
  },
);

const incidentKind: fc.Arbitrary<Placed<Incident>> = fc.oneof(
  { arbitrary: fc.constant<Incident>({ kind: 'churn' }).map((given) => () => given), weight: 2 },
  { arbitrary: fc.constant<Incident>({ kind: 'gone' }).map((given) => () => given), weight: 1 },
  {
    arbitrary: foreignCall.map((callBy) => (index: number): Incident => {
      return { kind: 'foreignWrite', call: callBy(`outside-${index}`) };
    }),
    weight: 4,
  },
  {
    arbitrary: fc
      .constantFrom(100, 700, 2500)
      .map((forMs) => (): Incident => ({ kind: 'lag', forMs })),
    weight: 2,
  },
  {
    arbitrary: fc
      .record({ forMs: fc.constantFrom(700, 5000, 30_000), byMs: fc.constantFrom(60, 400, 2500) })
      .map((given) => (): Incident => ({ kind: 'flips', ...given })),
    weight: 3,
  },
);

const incident = fc.record({
  atMs: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 600 }),
    fc.integer({ min: 0, max: 4000 }),
  ),
  record,
  kind: incidentKind,
});

/** Replicas that are so many ms behind each other all the time. */
const behindMs = fc.constantFrom(undefined, undefined, 60, 400, 2500);

/** Two or four processes in a world where reads are old and replies show half of what there is. */
export const uncleanScenarios: fc.Arbitrary<Scenario> = fc
  .record({
    seed: fc.nat(),
    carriesCurrent: fc.boolean(),
    processes: fc.constantFrom(2, 4),
    behindMs,
    callers: fc.oneof(
      { arbitrary: fc.array(caller, { minLength: 1, maxLength: 10 }), weight: 6 },
      { arbitrary: fc.array(claimant, { minLength: 2, maxLength: 6 }), weight: 2 },
      { arbitrary: fc.array(counter, { minLength: 2, maxLength: 8 }), weight: 1 },
    ),
    faults: fc.array(fault, { maxLength: 30 }),
    incidents: fc.array(incident, { maxLength: 6 }),
  })
  .map(({ processes, behindMs: byMs, callers, faults, incidents, ...rest }) => ({
    ...rest,
    content: INITIAL,
    callers: callers.map(({ process, staysMs, call: given, ...ways }, index) => ({
      ...ways,
      client: `c${process % processes}`,
      call: given(index),
      abortMs: staysMs === undefined ? undefined : ways.startMs + staysMs,
    })),
    faults: faults.map((given, index) => given(index)),
    incidents: [
      ...(byMs === undefined ? [] : ['r0', 'r1'].map((name) => flipping(name, byMs))),
      ...incidents.map(({ kind, ...given }, index) => ({ ...given, incident: kind(index) })),
    ],
  }));

function flipping(name: string, byMs: number): Scenario['incidents'][number] {
  return { atMs: 0, record: name, incident: { kind: 'flips', forMs: LONGEST_MS, byMs } };
}
