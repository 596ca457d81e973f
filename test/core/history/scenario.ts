import fc from 'fast-check';

import { strategies, type UpdatePolicy } from '../../../core';
import type { Fault, Incident } from './fault';
import { type Call, type Content, LOG } from './operation';

/** Everything that is planned before a run; the rest follows from it. */
export interface Scenario {
  readonly seed: number;
  /** What every record holds at first. */
  readonly content: Content;
  readonly carriesCurrent: boolean;
  readonly callers: readonly Caller[];
  readonly faults: readonly (Fault | undefined)[];
  readonly incidents: readonly {
    readonly atMs: number;
    readonly record: string;
    readonly incident: Incident;
  }[];
}

/** One call: who makes it, when, and how long it is wanted. */
export interface Caller {
  readonly client: string;
  readonly record: string;
  readonly call: Call;
  readonly startMs: number;
  readonly abortMs: number | undefined;
  readonly policy: UpdatePolicy;
}

const INITIAL: Content = { a: 'a-initial', b: 'b-initial', [LOG]: '' };

/** Many come together, as the items of one workflow do. */
export const startMs = fc.oneof(fc.constantFrom(0, 40, 100), fc.integer({ min: 0, max: 250 }));
export const record = fc.constantFrom('r0', 'r0', 'r1');
const names = fc.constantFrom(['a'], ['b'], ['c'], ['a', 'b'], ['b', 'c']);
const retryAfterMs = fc.constantFrom(80, 300, 900);

export function policyWithin(...totalTimeoutMs: readonly number[]): fc.Arbitrary<UpdatePolicy> {
  return fc
    .record({
      maxAttempts: fc.integer({ min: 1, max: 10 }),
      totalTimeoutMs: fc.constantFrom(...totalTimeoutMs),
      requestTimeoutMs: fc.constantFrom(15, 60, 200),
      strategy: fc.constantFrom(...Object.values(strategies)),
    })
    .map(({ strategy, ...limits }) => ({
      ...limits,
      backoff: strategy({ baseMs: 10, maxMs: 200 }),
    }));
}

/** A call without its place in the scenario, which makes its values unique. */
export const sketch = fc.record({
  kind: fc.constantFrom(
    ...(['set', 'set', 'append', 'append', 'count', 'count'] as const),
    ...(['setIfMissing', 'setIfEquals', 'same'] as const),
  ),
  by: fc.constantFrom(1, 1, 2),
  names,
  /** Which value is expected: the first one or that of another call. */
  expects: fc.oneof(fc.constant(0), fc.nat({ max: 15 })),
});

const caller = fc.record({
  client: fc.constantFrom('c0', 'c0', 'c0', 'c1', 'c2', 'c3'),
  record,
  sketch,
  startMs,
  staysMs: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined, freq: 4 }),
  policy: policyWithin(60, 250, 1500, 4000),
});

export const fault = fc.option(
  fc.oneof(
    fc.constantFrom<Fault>(
      { kind: 'dropped' },
      { kind: 'replyLost' },
      { kind: 'replyLost' },
      { kind: 'spuriousConflict', namesVersion: true },
      { kind: 'spuriousConflict', namesVersion: false },
      { kind: 'unavailable', applied: false },
      { kind: 'unavailable', applied: true },
    ),
    fc.integer({ min: 1, max: 600 }).map((byMs): Fault => ({ kind: 'late', byMs })),
    retryAfterMs.map((ms): Fault => ({ kind: 'throttled', retryAfterMs: ms })),
    retryAfterMs.map((ms): Fault => ({
      kind: 'unavailable',
      applied: ms === 300,
      retryAfterMs: ms,
    })),
  ),
  { nil: undefined, freq: 3 },
);

const incident = fc.record({
  kind: fc.constantFrom('set', 'append', 'count', 'churn', 'churn', 'lag', 'gone'),
  name: fc.constantFrom('a', 'b', 'c'),
  atMs: fc.integer({ min: 0, max: 600 }),
  forMs: fc.integer({ min: 1, max: 150 }),
  record,
});

export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    seed: fc.nat(),
    carriesCurrent: fc.boolean(),
    callers: fc.array(caller, { minLength: 1, maxLength: 12 }),
    faults: fc.array(fault, { maxLength: 30 }),
    incidents: fc.array(incident, { maxLength: 5 }),
  })
  .map(({ callers, incidents, ...rest }) => ({
    ...rest,
    content: INITIAL,
    callers: callers.map(({ sketch: given, staysMs, ...common }, index) => ({
      ...common,
      call: callOf(given, index),
      abortMs: staysMs === undefined ? undefined : common.startMs + staysMs,
    })),
    incidents: incidents.map((given, index) => ({
      atMs: given.atMs,
      record: given.record,
      incident: incidentOf(given, index),
    })),
  }));

export type Sketch = typeof sketch extends fc.Arbitrary<infer Value> ? Value : never;
type IncidentSketch = typeof incident extends fc.Arbitrary<infer Value> ? Value : never;

export function callOf({ kind, names: chosen, expects, by }: Sketch, index: number): Call {
  const [name = 'a'] = chosen;
  const expected = expects === 0 ? `${name}-initial` : `${name}-of-${expects - 1}`;
  const value = `${name}-of-${index}`;
  switch (kind) {
    case 'set':
      return {
        kind,
        values: Object.fromEntries(chosen.map((each) => [each, `${each}-of-${index}`])),
      };
    case 'append':
      return { kind, token: `[${index}]` };
    case 'count':
      return { kind, by };
    case 'setIfMissing':
      return { kind, name: 'c', value: `c-of-${index}` };
    case 'setIfEquals':
      return expected === value
        ? { kind, name, expected: `${name}-initial`, value }
        : { kind, name, expected, value };
    case 'same':
      return { kind: 'setIfEquals', name, expected, value: expected };
  }
}

function incidentOf({ kind, name, forMs }: IncidentSketch, index: number): Incident {
  switch (kind) {
    case 'set':
      return {
        kind: 'foreignWrite',
        call: { kind, values: { [name]: `${name}-of-outside-${index}` } },
      };
    case 'append':
      return { kind: 'foreignWrite', call: { kind, token: `[outside-${index}]` } };
    case 'count':
      return { kind: 'foreignWrite', call: { kind, by: 1 } };
    case 'churn':
    case 'gone':
      return { kind };
    case 'lag':
      return { kind, forMs };
  }
}
