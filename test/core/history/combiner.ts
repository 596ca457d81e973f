import { UpdateError, type UpdatePolicy } from '../../../core';
import { type Change, type Reads, type Snapshot, type UpdateResult, type Verdict } from '../flat';
import type { Implementation, Target, Updater } from './implementation';
import type { Content } from './operation';

type Result = UpdateResult<Content, Content>;

interface Member {
  readonly change: Change<Content, Content>;
  readonly policy: UpdatePolicy;
  readonly signal: AbortSignal | undefined;
  readonly answer: (result: Result) => void;
  readonly fail: (error: unknown) => void;
}

/** What a combiner may get wrong. */
type Flaw = 'forgets a member' | 'answers all alike' | 'leaves with its leader';

/**
 * Lets the callers of one client that come while its record is being updated go along together
 * afterwards, in one update: the plainest thing that combines, to try the checkers on.
 */
export function combining(implementation: Implementation, flaw?: Flaw): Implementation {
  return (surroundings) => {
    const run = implementation(surroundings);
    const queues = new Map<string, Member[]>();
    const drive = async (target: Target, first: Member) => {
      let batch = [first];
      while (batch.length > 0) {
        await carryOut(run, target, batch, flaw);
        batch = queues.get(target.key) ?? [];
        queues.set(target.key, []);
      }
      queues.delete(target.key);
    };
    return async (target, change, policy, signal) => {
      const { promise, resolve: answer, reject: fail } = Promise.withResolvers<Result>();
      const member = { change, policy, signal, answer, fail };
      const queue = queues.get(target.key);
      if (queue) queue.push(member);
      else {
        queues.set(target.key, []);
        void drive(target, member);
      }
      return await promise;
    };
  };
}

async function carryOut(
  run: Updater,
  target: Target,
  batch: readonly Member[],
  flaw: Flaw | undefined,
): Promise<void> {
  const [only, ...others] = batch;
  if (only && others.length === 0) {
    await run(target, only.change, only.policy, only.signal).then(only.answer, only.fail);
    return;
  }
  const members = batch.filter(({ signal }) => !signal?.aborted);
  for (const left of batch.filter(({ signal }) => signal?.aborted)) left.fail(refusal('cancelled'));
  const [leader] = members;
  if (!leader) return;
  const combined = new Combined(members, flaw === 'forgets a member' ? 1 : undefined);
  try {
    const result = await run(
      target,
      combined,
      leader.policy,
      flaw === 'leaves with its leader' ? leader.signal : undefined,
    );
    for (const [place, { answer, fail }] of members.entries()) {
      const verdict = combined.verdicts[flaw === 'answers all alike' ? 0 : place];
      if (verdict?.kind === 'refused') fail(refusal('refused', verdict.reason));
      else if (verdict) {
        const outcome = verdict.kind === 'write' ? result.outcome : 'unchanged';
        answer({ ...result, outcome, report: verdict.report });
      }
    }
  } catch (error) {
    for (const { fail } of members) fail(error);
  }
}

/** The changes of a batch, one after the other. Its report does not matter: each member has its own. */
class Combined implements Change<Content, Content> {
  /** What each member's last run said. */
  verdicts: readonly Verdict<Content, Content>[] = [];
  /** So that the verdicts are those of the only write there was. */
  readonly idempotent = false;

  constructor(
    private readonly members: readonly Member[],
    /** The place of a member whose change is lost. */
    private readonly forgotten: number | undefined,
  ) {}

  apply(
    base: Snapshot<Content>,
    ...seen: readonly [Reads<Content>, Content | undefined]
  ): Verdict<Content, Content> {
    let { state } = base;
    this.verdicts = this.members.map(({ change }, place) => {
      const verdict = change.apply({ ...base, state }, ...seen);
      if (verdict.kind === 'write' && place !== this.forgotten) state = verdict.next;
      return verdict;
    });
    return this.verdicts.some(({ kind }) => kind === 'write')
      ? { kind: 'write', next: state, report: {} }
      : { kind: 'unchanged', report: {} };
  }

  shown(): 'nothing' {
    return 'nothing';
  }

  merge(_: Content, later: Content): Content {
    return later;
  }
}

function refusal(reason: 'cancelled' | 'refused', message = ''): UpdateError {
  const story = { attempts: 0, conflicts: 0, waitedMs: 0, elapsedMs: 0 };
  return new UpdateError(message, reason, story, undefined);
}
