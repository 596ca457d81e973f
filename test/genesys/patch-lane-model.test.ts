import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { StoreError, strategies, UpdateError, type UpdatePolicy } from '../../core';
import {
  attributeChange,
  type AttributeReport,
  type ParticipantState,
  type WantedAttributes,
} from '../../genesys/attribute-change';
import { runs } from '../core/runs';
import { seededRandom } from '../core/virtual-clock';
import { type Fault, type Patch, patchedParticipant, type Request } from './patched-participant';

type Entries = readonly (readonly [string, string])[];

/** One update, and when it comes. */
interface Call {
  readonly process: number;
  readonly atMs: number;
  readonly abortMs: number | undefined;
  readonly wanted: WantedAttributes;
  readonly policy: Partial<UpdatePolicy>;
}

/** How it ended. */
interface Ending {
  readonly outcome: 'written' | 'accepted' | 'unchanged' | UpdateError;
  readonly report: AttributeReport | undefined;
  readonly endedAt: number;
}

const name = fc.constantFrom('a', 'b', 'c');
const entries = (value: fc.Arbitrary<string>): fc.Arbitrary<Entries> =>
  fc.uniqueArray(fc.tuple(name, value), { minLength: 1, maxLength: 2, selector: ([key]) => key });

const wish = (value: fc.Arbitrary<string>): fc.Arbitrary<WantedAttributes> =>
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
const atMs = fc.oneof(fc.constantFrom(0, 20, 40), fc.integer({ min: 0, max: 1500 }));
/** How long requests and replies are on their way: a seed. */
const network = fc.integer();
const lagMs = fc.oneof(fc.constantFrom(0, 3000), fc.integer({ min: 0, max: 800 }));

/** Ways of 3 to 60 ms, most of them short. */
function legs(seed: number): () => number {
  const random = seededRandom(seed);
  return () => 3 + Math.floor(57 * random() ** 3);
}

/** Plays all calls and waits until whatever is on its way has arrived. */
async function play(
  participant: ReturnType<typeof patchedParticipant>,
  calls: readonly Call[],
): Promise<readonly Ending[]> {
  const { clock } = participant;
  const processes = [participant, participant.process(), participant.process()];
  const endings = calls.map(async (call): Promise<Ending> => {
    const abort = new AbortController();
    if (call.abortMs !== undefined) {
      clock.at(call.atMs + call.abortMs, () => {
        abort.abort();
      });
    }
    await clock.sleep(call.atMs);
    const { start } = processes[call.process] ?? participant;
    try {
      const result = await start(call.wanted, call.policy, undefined, abort.signal);
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

/** What an update did, without telling apart what is missing and what is empty. */
function deeds(outcome: string, { changed, kept }: Partial<AttributeReport> = {}) {
  return {
    outcome: outcome === 'accepted' ? 'written' : outcome,
    changed: [...(changed ?? [])].map(([key, { from, to }]) => [key, from ?? '', to ?? '']),
    kept: [...(kept ?? [])].map(([key, { wanted, found }]) => [key, wanted ?? '', found ?? '']),
  };
}

describe('Updates of one participant by PATCH, in one process and with nobody else', () => {
  const call = fc.record({
    process: fc.constant(0),
    atMs,
    abortMs: fc.constant(undefined),
    // Few values, so that what was there before comes back.
    wanted: wish(fc.constantFrom('1', '2')),
    policy: fc.record({ waitUntilVisible: fc.boolean() }),
  });

  /** The same calls one after the other, in order of arrival, with no network in between. */
  function inOrder(calls: readonly Call[]) {
    let state: ParticipantState = {
      participantId: 'p',
      writeMethod: 'patch',
      attributes: new Map(),
      wire: new Map(),
      externalContactId: null,
    };
    const done = calls
      .toSorted((one, other) => one.atMs - other.atMs)
      .map(({ wanted }) => {
        const base = { state, version: null };
        const verdict = attributeChange(wanted).apply(base, { first: base, now: base }, undefined);
        if (verdict.kind === 'refused') return deeds('refused');
        if (verdict.kind === 'unchanged') return deeds('unchanged', verdict.report);
        state = verdict.next;
        return deeds('written', verdict.report);
      });
    return { done, attributes: Object.fromEntries(state.attributes) };
  }

  it('do the same as one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(
        lagMs,
        network,
        fc.array(call, { minLength: 1, maxLength: 10 }),
        async (lag, seed, calls) => {
          const participant = patchedParticipant(lag, legs(seed));
          const byArrival = calls.toSorted((one, other) => one.atMs - other.atMs);
          const endings = await play(participant, byArrival);
          const done = endings.map(({ outcome, report }) =>
            outcome instanceof UpdateError ? deeds(outcome.reason) : deeds(outcome, report),
          );
          const expected = inOrder(byArrival);
          expect(done).toEqual(expected.done);
          const left = Object.entries(participant.shown()).filter(([, value]) => value !== '');
          expect(Object.fromEntries(left)).toEqual(expected.attributes);
        },
      ),
      { numRuns: runs(2000) },
    );
  });
});

const answers = fc.constantFrom(
  new StoreError('503', { kind: 'ambiguous' }),
  new StoreError('connection refused', { kind: 'transient' }),
  new StoreError('429', { kind: 'throttled', retryAfterMs: 700 }),
  new StoreError('400', { kind: 'permanent', aboutContent: true }),
);
const faultsOf = (fault: fc.Arbitrary<Fault>) =>
  fc.array(fc.option(fault, { nil: undefined, freq: 2 }), { maxLength: 12 });
/** A lost write has been applied by the time at which its loss is known, or never is. */
const promptFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>({ lost: 'applied' }, { lost: 'never applied' }),
  answers.map((answer) => ({ answer })),
  fc.constant<Fault>({ answer: new StoreError('503', { kind: 'ambiguous' }), applied: true }),
);
const lateFault = fc
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

const calls = fc
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
function patient(call: Call): Call {
  const limits = { requestTimeoutMs: 400, totalTimeoutMs: 20_000 };
  return { ...call, process: 0, policy: { ...call.policy, ...limits } };
}

/** All that can be seen of a run. */
interface Run {
  readonly calls: readonly Call[];
  readonly endings: readonly Ending[];
  readonly requests: readonly Request[];
  readonly applied: readonly Patch[];
}

function endOf({ endings }: Run, index: number): number {
  return endings[index]?.endedAt ?? 0;
}

/** Who of a process was there at a moment. */
function presentAt(run: Run, { at, by }: Request): readonly Call[] {
  return run.calls.filter(
    ({ atMs: from, process }, index) => process === by && from <= at && at <= endOf(run, index),
  );
}

function wants({ wanted }: Call, key: string, value: string): boolean {
  return value === '' ? wanted.remove.has(key) : wanted.set.get(key) === value;
}

/** Who else was there in the same process. */
function lanemates(run: Run, index: number): readonly Call[] {
  const call = run.calls[index];
  return run.calls.filter(
    (mate, other) =>
      call !== undefined &&
      other !== index &&
      mate.process === call.process &&
      mate.atMs <= endOf(run, index) &&
      endOf(run, other) >= call.atMs,
  );
}

/** Whether what a call changed was applied in its time, by itself or by a lane-mate's value in its place. */
function tookEffect(run: Run, index: number, key: string, value: string): boolean {
  const call = run.calls[index];
  if (!call) return false;
  const endedAt = endOf(run, index);
  const own = run.applied.filter(
    ({ by, sentAt, values }) =>
      by === call.process && sentAt >= call.atMs && sentAt <= endedAt && key in values,
  );
  const [first] = own;
  // Two that undo each other in one PATCH leave nothing to send.
  if (!first) return value === '' || lanemates(run, index).some((mate) => wants(mate, key, ''));
  // A removed attribute looks as it did before it was set, so nobody can wait to see that.
  const isRemoved = [call, ...lanemates(run, index)].some((mate) => wants(mate, key, ''));
  if (call.policy.waitUntilVisible === false || isRemoved) return true;
  return run.applied.some(
    ({ values, appliedAt, visibleAt }) =>
      key in values && appliedAt >= first.appliedAt && visibleAt <= endedAt,
  );
}

/** Whether any of the values that a call alone writes was ever applied. */
function leftATrace({ applied }: Run, { wanted }: Call): boolean {
  return applied.some(({ values }) =>
    [...wanted.set].some(([key, value]) => values[key] === value),
  );
}

/** Values that were applied again after another had taken their place. */
function* comebacks(applied: readonly Patch[]): Generator<string> {
  const latest = new Map<string, string>();
  const gone = new Set<string>();
  for (const { values } of applied) {
    for (const [key, value] of Object.entries(values).filter(([, each]) => each !== '')) {
      const before = latest.get(key);
      if (value !== before && before !== undefined) gone.add(before);
      if (gone.has(value)) yield `${value} came back`;
      latest.set(key, value);
    }
  }
}

function* wrongs(run: Run): Generator<string> {
  for (const request of run.requests) {
    const present = presentAt(run, request);
    if (present.length === 0) yield `a request at ${request.at} ms for nobody`;
    for (const [key, value] of Object.entries(request.values ?? {})) {
      const wanted = present.some((call) => wants(call, key, value));
      if (!wanted) yield `${key} = "${value}" at ${request.at} ms, which nobody wants any more`;
    }
  }
  for (const [index, call] of run.calls.entries()) {
    const { outcome, report, endedAt } = run.endings[index] ?? {};
    for (const [key, { to }] of report?.changed ?? []) {
      if (outcome === 'unchanged' || !tookEffect(run, index, key, to ?? '')) {
        yield `call ${index} was told of ${key} = "${to ?? ''}", which was not so`;
      }
    }
    const nothingWritten =
      outcome === 'unchanged' ||
      (outcome instanceof UpdateError &&
        outcome.reason !== 'indeterminate' &&
        !outcome.accepted &&
        !outcome.written);
    if (nothingWritten && leftATrace(run, call)) yield `call ${index} has written, untold`;
    const { totalTimeoutMs = Infinity } = call.policy;
    if ((endedAt ?? Infinity) > call.atMs + totalTimeoutMs) yield `call ${index} was kept waiting`;
  }
}

describe('Whatever processes, others and faults do to each other by PATCH', () => {
  it('nothing is written that nobody wants, and everybody is told the truth', async () => {
    await fc.assert(
      fc.asyncProperty(
        lagMs,
        network,
        calls,
        faultsOf(fc.oneof(promptFault, lateFault)),
        faultsOf(promptFault),
        fc.array(fc.record({ key: name, ms: fc.integer({ min: 0, max: 2500 }) }), { maxLength: 4 }),
        async (lag, seed, given, faults, readFaults, others) => {
          const participant = patchedParticipant(lag, legs(seed));
          const { clock, applied, requests } = participant;
          participant.faults.push(...faults);
          participant.readFaults.push(...readFaults);
          for (const [index, { key, ms }] of others.entries()) {
            clock.at(ms, () => {
              participant.patch({ [key]: `${key} of somebody else ${index}` });
            });
          }
          const endings = await play(participant, given);
          expect([...wrongs({ calls: given, endings, requests, applied })]).toEqual([]);
        },
      ),
      { numRuns: runs(3000) },
    );
  });

  it('nobody takes a lane-mate for somebody else', async () => {
    await fc.assert(
      fc.asyncProperty(
        // What is applied unknown to us, and seen late, may be anybody's.
        fc.oneof(
          fc.tuple(fc.constant(0), faultsOf(promptFault)),
          fc.tuple(lagMs, faultsOf(answers.map((answer) => ({ answer })))),
        ),
        calls.map((all) => all.map(patient)),
        network,
        faultsOf(promptFault),
        async ([lag, faults], given, seed, readFaults) => {
          const participant = patchedParticipant(lag, legs(seed));
          participant.faults.push(...faults);
          participant.readFaults.push(...readFaults);
          const endings = await play(participant, given);
          expect([...comebacks(participant.applied)]).toEqual([]);
          for (const [index, { outcome, report }] of endings.entries()) {
            const { kind } = given[index]?.wanted.condition ?? {};
            if (kind !== 'always') continue;
            const told = outcome instanceof UpdateError ? outcome.reason : outcome;
            expect(told).not.toBe('refused');
            expect([...(report?.kept ?? [])]).toEqual([]);
          }
        },
      ),
      { numRuns: runs(2000) },
    );
  });
});
