import { type Lag, type Simulator, startSimulator } from '../../simulator';
import { type Caller, callerOf, type Target, type Way } from './callers';

/** So many updates of each caller come before the first that is measured. */
export const UPDATES_BEFORE = 10;

/** What some updates took. */
export interface Costs {
  readonly updates: number;
  readonly requests: number;
  /** From the acceptance of each to the end of its update, in ms. */
  readonly confirmedMs: readonly number[];
}

/** What rounds of updates of all participants of one conversation took. */
export interface TogetherCosts extends Costs {
  /** The most of one round. */
  readonly mostPatches: number;
  readonly mostReads: number;
}

/** How much is measured. */
export interface Plan {
  readonly callers: number;
  readonly updates: number;
  readonly rounds: number;
  readonly participants: number;
}

export interface LagCosts {
  readonly alone: Readonly<Record<Way, Costs>>;
  readonly together: Readonly<Record<'id' | 'purpose', TogetherCosts>>;
}

/** All ways where reads lag like that, several at the same time: they have nothing to do with each other. */
export async function measureLag(lag: Lag, roundTripMs: number, plan: Plan): Promise<LagCosts> {
  const simulator = await startSimulator({
    flavour: 'public',
    visibilityLagMs: lag,
    latencyMs: roundTripMs,
  });
  try {
    const [id, purpose, unseen, fixed] = await Promise.all([
      alone('id', simulator, plan),
      alone('purpose', simulator, plan),
      alone('unseen', simulator, plan),
      alone('fixed', simulator, plan),
    ]);
    const [byId, byPurpose] = await Promise.all([
      together('id', simulator, plan),
      together('purpose', simulator, plan),
    ]);
    return {
      alone: { id, purpose, unseen, fixed },
      together: { id: byId, purpose: byPurpose },
    };
  } finally {
    await simulator.close();
  }
}

/** Some callers, each of which sets attributes of one participant after the other. */
async function alone(way: Way, simulator: Simulator, plan: Plan): Promise<Costs> {
  const all = await Promise.all(
    Array.from({ length: plan.callers }, async () => {
      const caller = callerOf(way, simulator);
      await inTurn(caller, simulator, UPDATES_BEFORE);
      return await inTurn(caller, simulator, plan.updates);
    }),
  );
  return {
    updates: all.reduce((sum, { updates }) => sum + updates, 0),
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    confirmedMs: all.flatMap(({ confirmedMs }) => confirmedMs),
  };
}

async function inTurn(caller: Caller, simulator: Simulator, updates: number): Promise<Costs> {
  const before = caller.client.requests;
  const confirmedMs: number[] = [];
  for (let update = 0; update < updates; update++) {
    const { conversationId, customer } = simulator.addCall();
    const target = { conversationId, participantId: customer.id, purpose: 'customer' };
    confirmedMs.push(await confirmed(caller, target));
  }
  return { updates, requests: caller.client.requests - before, confirmedMs };
}

/** One caller that sets an attribute of all participants of a conversation at once, again and again. */
async function together(
  way: 'id' | 'purpose',
  simulator: Simulator,
  { participants, rounds }: Plan,
): Promise<TogetherCosts> {
  const caller = callerOf(way, simulator);
  await inTurn(caller, simulator, UPDATES_BEFORE);
  const before = caller.client.requests;
  const confirmedMs: number[] = [];
  let mostPatches = 0;
  let mostReads = 0;
  for (let round = 0; round < rounds; round++) {
    const { requests: requestsBefore, patches: patchesBefore } = caller.client;
    const call = simulator.addCall();
    const targets = Array.from({ length: participants }, (_, index) => {
      const purpose = `guest${index}`;
      const { id: participantId } = call.addParticipant({ purpose });
      return { conversationId: call.conversationId, participantId, purpose };
    });
    confirmedMs.push(
      ...(await Promise.all(targets.map(async (target) => await confirmed(caller, target)))),
    );
    const patches = caller.client.patches - patchesBefore;
    mostPatches = Math.max(mostPatches, patches);
    mostReads = Math.max(mostReads, caller.client.requests - requestsBefore - patches);
  }
  const updates = rounds * participants;
  const requests = caller.client.requests - before;
  return { updates, requests, confirmedMs, mostPatches, mostReads };
}

/** Sets an attribute, and gives for how many ms it was waited for after it was accepted. */
async function confirmed({ client, set }: Caller, target: Target): Promise<number> {
  await set(target, 'high');
  const endedAt = performance.now();
  return endedAt - (client.acceptedAt.get(target.participantId) ?? NaN);
}
