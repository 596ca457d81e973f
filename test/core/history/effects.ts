import { explain, type Explanation } from './explanation';
import type { Operation } from './operation';
import { marksIn, marksOf, type Step } from './version-chain';

/** The steps of one record, and the operations that aimed at it, by what they brought about. */
export class Effects {
  private readonly steps = new Map<string, Step[]>();
  private readonly explanations = new Map<Step, Explanation>();

  constructor(
    private readonly chain: readonly Step[],
    private readonly operations: readonly Operation[],
  ) {
    for (const step of chain) {
      for (const mark of marksIn(step)) {
        this.steps.set(mark, [...(this.steps.get(mark) ?? []), step]);
      }
    }
  }

  /** Where an operation can be seen to have taken effect. */
  of(operation: Operation): readonly Step[] {
    return [...new Set(marksOf(operation).flatMap((mark) => this.steps.get(mark) ?? []))];
  }

  /** How many commits brought a value. */
  commitsOf(value: string): number {
    return this.steps.get(value)?.length ?? 0;
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
    const candidates = this.operations.filter((operation) => this.mayTakePart(operation, step));
    const explanation = explain(step, candidates);
    this.explanations.set(step, explanation);
    return explanation;
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
