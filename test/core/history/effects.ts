import type { Authors } from './authors';
import { canonical, explain, type Explanation } from './explanation';
import { isUnanswered, type SentRequest } from './journal';
import { goalOf, holds, mustBeItsOwn, type Operation } from './operation';
import { changeIn, marksIn, type Step } from './version-chain';

/** The steps of one record, and the operations that aimed at it, by what they brought about. */
export class Effects {
  private readonly steps = new Map<string, Step[]>();
  private readonly explanations = new Map<Step, Explanation>();

  constructor(
    private readonly chain: readonly Step[],
    private readonly operations: readonly Operation[],
    private readonly authors: Authors,
    private readonly requests: readonly SentRequest[],
  ) {
    for (const step of chain) {
      for (const mark of marksIn(step)) {
        this.steps.set(mark, [...(this.steps.get(mark) ?? []), step]);
      }
    }
  }

  /** Where an operation can be seen to have taken effect. */
  of(operation: Operation): readonly Step[] {
    const marks = this.authors.marksOf(operation);
    return [...new Set(marks.flatMap((mark) => this.steps.get(mark) ?? []))];
  }

  /**
   * Where anybody has brought about what an operation wants, while it was open; or before, where its
   * client has then sent the same from an older version and got no answer: it cannot tell the two.
   */
  ofOthersAlike(operation: Operation): readonly Step[] {
    const goal = goalOf(operation.call);
    const oldest = this.oldestUnanswered(operation);
    return this.chain.filter((step, place) => {
      const { commit } = step;
      const brings =
        holds(commit.content, goal) && Object.keys(changeIn(step)).some((name) => name in goal);
      if (!brings || commit.moment > operation.answered) return false;
      if (commit.moment > operation.invoked) return true;
      const next = this.chain.slice(place + 1).find((later) => !holds(later.commit.content, goal));
      return (next?.commit.moment ?? Infinity) > operation.invoked && oldest < commit.version;
    });
  }

  /**
   * Where somebody else has brought about the very state that the operation's client was to write, from
   * the same version or an older one, and got no answer: nobody can tell the two apart, nor what it would
   * have written on the way there.
   */
  ofOthersAsSent(operation: Operation): readonly Step[] {
    const { answered, client, invoked, record } = operation;
    const companions = this.operations.filter(
      (other) => other.client === client && !mustBeItsOwn(other.call),
    );
    return this.chain.filter((step) => {
      const { content, moment, version } = step.commit;
      if (moment <= invoked || moment > answered) return false;
      const wasSent = this.requests.some(
        (sent) =>
          sent.client === client &&
          sent.record === record &&
          isUnanswered(sent) &&
          sent.writes !== undefined &&
          (sent.writes.base ?? version) < version &&
          canonical(sent.writes.next) === canonical(content),
      );
      if (!wasSent) return false;
      const open = companions.filter((other) => other.invoked < moment && moment < other.answered);
      return explain(step, open).participants.has(operation);
    });
  }

  /** The oldest version from which what it wants was sent for it in vain; infinite where none was. */
  private oldestUnanswered({ client, record, call, invoked, answered }: Operation): number {
    const bases = this.requests
      .filter((sent) => sent.client === client && sent.record === record && isUnanswered(sent))
      .filter(({ moment }) => moment > invoked && moment < answered)
      .flatMap(({ writes }) => (writes && holds(writes.next, goalOf(call)) ? writes : []))
      .map(({ base }) => base ?? 0);
    return Math.min(...bases);
  }

  /** The commits of the operation's own client while it was open. */
  within(operation: Operation): readonly Step[] {
    return this.chain.filter(
      ({ commit }) =>
        commit.client === operation.client &&
        commit.moment > operation.invoked &&
        (commit.moment < operation.answered || operation.outcome.kind === 'unknown'),
    );
  }

  /** How a commit can have come about. */
  explanation(step: Step): Explanation {
    const known = this.explanations.get(step);
    if (known) return known;
    const explanation = explain(step, this.candidates(step));
    this.explanations.set(step, explanation);
    return explanation;
  }

  /** Who may have had a part in a commit, as far as time and answers tell. */
  candidates(step: Step): readonly Operation[] {
    return this.operations.filter((operation) => this.mayTakePart(operation, step));
  }

  /**
   * Whether an operation was there to take part in a commit. One that shows in another commit, too,
   * took effect twice, which is right where nobody told its client of the first time.
   */
  private mayTakePart(operation: Operation, step: Step): boolean {
    const { kind } = operation.outcome;
    if (kind !== 'written' && kind !== 'unknown') return false;
    if (!this.within(operation).includes(step)) return false;
    return this.of(operation)
      .filter((other) => other !== step)
      .every((other) => {
        const first = other.commit.version < step.commit.version ? other : step;
        return !first.commit.acknowledged;
      });
  }
}
