import { type Operation, valuesOf } from './operation';
import { type Authors, marksIn, marksOf, type Step } from './version-chain';

/** The steps of one record, and the operations that aimed at it, by what they brought about. */
export class Effects {
  private readonly steps = new Map<string, Step[]>();

  constructor(
    private readonly chain: readonly Step[],
    private readonly operations: readonly Operation[],
    private readonly authors: Authors,
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

  /**
   * Whether the last one to set an attribute in a commit may have replaced the value of one that
   * came along: a condition may rule that out.
   */
  replaces(step: Step, name: string): boolean {
    const { commit, before, set } = step;
    if (!set.has(name)) return this.setsAnew(step, name);
    const call = this.authors.of(commit.record, set.get(name) ?? '')?.call;
    switch (call?.kind) {
      case 'set':
        return true;
      case 'setIfEquals':
        return call.expected !== before.content[name];
      default:
        return false;
    }
  }

  /**
   * Whether a commit may have set an attribute to the value that it had: nobody had told the client
   * of whoever set it first that this was done, so it did so again, on top of who came before it.
   */
  private setsAnew(step: Step, name: string): boolean {
    const value = step.commit.content[name] ?? '';
    const author = this.authors.of(step.commit.record, value);
    return (
      author?.call.kind === 'set' &&
      this.within(author).includes(step) &&
      (this.steps.get(value) ?? []).some(({ commit }) => !commit.acknowledged)
    );
  }

  /**
   * The values that an attribute may have had inside one commit: callers of one client may have
   * come along together, the later ones replacing what the earlier ones had set. One that shows in
   * another commit too was set twice, which is right where nobody told its client of the first time.
   */
  inside(step: Step, name: string): readonly string[] {
    if (!this.replaces(step, name)) return [];
    return this.operations
      .filter(({ outcome }) => outcome.kind === 'written' || outcome.kind === 'unknown')
      .filter((operation) => this.within(operation).includes(step))
      .flatMap(({ call }) => valuesOf(call)[name] ?? [])
      .filter((value) => value !== step.set.get(name))
      .filter((value) =>
        (this.steps.get(value) ?? []).every(({ commit }) => {
          const first = commit.version < step.commit.version ? commit : step.commit;
          return !first.acknowledged;
        }),
      );
  }
}
