import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Permit } from '../../../core';
import { Limits } from '../../../genesys/limits/limits';
import type { TokenPermit } from '../../../genesys/limits/permit-queue';
import { VirtualClock } from '../../core/virtual-clock';

const MINUTE_MS = 60_000;
/** Sums of fractions of milliseconds are not exact. */
const ROUNDING_MS = 1e-6;

const moment = fc.oneof(
  fc.integer({ min: 0, max: 2000 }),
  fc.integer({ min: 0, max: 3 * MINUTE_MS }),
);
const budget = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 1000 }));

const request = fc.record({
  /** How long after the request before. */
  thinkMs: fc.integer({ min: 0, max: 500 }),
  durationMs: fc.integer({ min: 0, max: 40_000 }),
  /** When it reaches the server: 0 at its sending, 1 at its answer. */
  arrival: fc.oneof(
    fc.constantFrom(0, 1),
    fc.double({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true }),
  ),
});

const MOST_TOKENS = 3;
const token = fc.integer({ min: 0, max: MOST_TOKENS - 1 });

const scenario = fc.record({
  budget,
  tokens: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: MOST_TOKENS })),
  callers: fc.array(
    fc.record({
      at: moment,
      units: fc.integer({ min: 1, max: 5 }),
      urgent: fc.boolean(),
      givesUpAfterMs: fc.option(moment, { freq: 3, nil: undefined }),
      requests: fc.array(request, { maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 30 },
  ),
  /** Without a token of all of them. */
  closures: fc.array(
    fc.record({
      at: moment,
      ms: fc.integer({ min: 0, max: 90_000 }),
      token: fc.option(token, { nil: undefined }),
    }),
    { maxLength: 4 },
  ),
  /** Told by the server of one token, or configured for all. */
  budgets: fc.array(
    fc.record({ at: moment, budget, token: fc.option(token, { nil: undefined }) }),
    { maxLength: 3 },
  ),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

interface Grant {
  readonly at: number;
  readonly token: number;
  readonly caller: number;
  readonly units: number;
  readonly budget: number;
  readonly closedUntil: number;
}

async function play({ budget, tokens, callers, closures, budgets }: Scenario) {
  const clock = new VirtualClock();
  const limits = new Limits(budget, clock, tokens);
  const grants: Grant[] = [];
  const arrivals: { readonly at: number; readonly grant: number }[] = [];
  const asked: number[] = [];
  const gaveUp: number[] = [];
  const cancels: (() => void)[] = [];
  const allowed = Array.from({ length: MOST_TOKENS }, () => Infinity);
  const closedUntil = Array.from({ length: MOST_TOKENS }, () => -Infinity);

  const sendAll = async (permit: Permit, caller: number, grant: number): Promise<void> => {
    for (const { thinkMs, durationMs, arrival } of callers[caller]?.requests ?? []) {
      await clock.sleep(thinkMs);
      const answered = permit.use();
      if (!answered) return;
      arrivals.push({ at: clock.now() + arrival * durationMs, grant });
      await clock.sleep(durationMs);
      answered();
      answered();
    }
  };
  const call = async (caller: Scenario['callers'][number], index: number): Promise<void> => {
    await clock.sleep(caller.at);
    asked.push(index);
    const abort = new AbortController();
    if (caller.givesUpAfterMs !== undefined) {
      const cancel = clock.later(caller.givesUpAfterMs, () => {
        abort.abort();
      });
      cancels.push(cancel);
    }
    let permit: TokenPermit;
    try {
      permit = await (caller.urgent
        ? limits.urgentPermit(caller.units, abort.signal)
        : limits.permit(caller.units, abort.signal));
    } catch (error) {
      expect(error).toBe(abort.signal.reason);
      expect(clock.now()).toBe(caller.at + (caller.givesUpAfterMs ?? NaN));
      gaveUp.push(index);
      return;
    }
    const token = permit.budget;
    const budget = Math.min(limits.requestsPerMinute, allowed[token] ?? NaN);
    const grant: Grant = {
      at: clock.now(),
      token,
      caller: index,
      units: Math.min(caller.units, budget),
      budget,
      closedUntil: closedUntil[token] ?? NaN,
    };
    await sendAll(permit, index, grants.push(grant) - 1);
    permit.giveBack();
    permit.giveBack();
    expect(permit.use()).toBeUndefined();
  };
  const close = async ({ at, ms, token }: Scenario['closures'][number]) => {
    await clock.sleep(at);
    limits.close(ms, token);
    for (const [closed, until] of closedUntil.entries()) {
      if (token === undefined || token === closed) closedUntil[closed] = Math.max(until, at + ms);
    }
  };
  const change = async ({ at, budget, token }: Scenario['budgets'][number]) => {
    await clock.sleep(at);
    if (token === undefined) limits.requestsPerMinute = budget;
    else {
      allowed[token] = budget;
      limits.heed({ count: undefined, allowed: budget, resetMs: undefined }, token);
    }
  };

  // Whoever is still waiting when nothing can happen any more makes this fail.
  await clock.run(
    Promise.all([...callers.map(call), ...closures.map(close), ...budgets.map(change)]),
  );
  for (const cancel of cancels) cancel();
  return { clock, limits, grants, arrivals, asked, gaveUp };
}

type Run = Awaited<ReturnType<typeof play>>;

/** In any 60 seconds, no more requests arrive with a token than were allowed when the last of them was granted. */
function expectBudgetKept({ grants, arrivals }: Run): void {
  const tokenOf = ({ grant }: { readonly grant: number }) => grants[grant]?.token;
  for (const first of arrivals) {
    const inWindow = arrivals.filter(
      (one) =>
        tokenOf(one) === tokenOf(first) &&
        one.at >= first.at &&
        one.at < first.at + MINUTE_MS - ROUNDING_MS,
    );
    const last = grants[Math.max(...inWindow.map(({ grant }) => grant))];
    expect(inWindow.length).toBeLessThanOrEqual(last?.budget ?? NaN);
  }
}

function expectGateKept({ grants }: Run): void {
  for (const { at, closedUntil } of grants) expect(at).toBeGreaterThanOrEqual(closedUntil);
}

function expectSpaced({ grants }: Run): void {
  for (const [index, next] of grants.entries()) {
    const previous = grants.slice(0, index).findLast(({ token }) => token === next.token);
    if (previous?.closedUntil !== next.closedUntil) continue;
    if (next.at >= next.closedUntil + MINUTE_MS - ROUNDING_MS) continue;
    const gapMs = (previous.units * MINUTE_MS) / next.budget;
    expect(next.at - previous.at).toBeGreaterThanOrEqual(gapMs - ROUNDING_MS);
  }
}

function expectAllServedInOrder({ callers }: Scenario, { grants, asked, gaveUp }: Run): void {
  const served = grants.map(({ caller }) => caller);
  expect(served.length + gaveUp.length).toBe(callers.length);
  for (const urgent of [false, true]) {
    const ofThisKind = (caller: number) => callers[caller]?.urgent === urgent;
    expect(served.filter(ofThisKind)).toEqual(
      asked.filter((caller) => ofThisKind(caller) && !gaveUp.includes(caller)),
    );
  }
}

async function expectNothingLeft({ clock, limits }: Run): Promise<void> {
  expect(clock.pending).toBe(0);
  // Past all closures and requests the whole budget of every token is there.
  await clock.run(clock.sleep(10 * MINUTE_MS));
  limits.requestsPerMinute = 10;
  const permits: Promise<TokenPermit>[] = [];
  for (let token = 0; token < limits.tokens; token++) {
    limits.heed({ count: undefined, allowed: 10, resetMs: undefined }, token);
    permits.push(limits.permit(10, new AbortController().signal));
  }
  expect(clock.pending).toBe(0);
  await Promise.all(permits);
}

it('whoever comes, goes, gives back or gives up: budget, gate, spacing and order are kept, and nothing is left', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (chosen) => {
      const run = await play(chosen);
      expectBudgetKept(run);
      expectGateKept(run);
      expectSpaced(run);
      expectAllServedInOrder(chosen, run);
      await expectNothingLeft(run);
    }),
    { numRuns: 1500 },
  );
}, 60_000);
