import type { Commit, Journal } from './journal';
import { type Content, COUNT, countOf, LOG } from './operation';

/** What one commit brought about. */
export interface Step {
  readonly commit: Commit;
  readonly before: Commit;
  /** Attributes with a new value. */
  readonly set: ReadonlyMap<string, string>;
  /** Attributes that are no longer there. */
  readonly removed: readonly string[];
  /** Tokens that are new in the log; `undefined` where it did not just grow. */
  readonly appended: readonly string[] | undefined;
  /** By how much it has counted up; negative where it went back. */
  readonly counted: number;
  /** When the next commit took over; infinite while this is the latest. */
  readonly until: number;
}

/** The life of one record. */
export interface VersionChain {
  readonly record: string;
  readonly initial: Commit;
  readonly steps: readonly Step[];
  /** By version. */
  readonly contents: ReadonlyMap<number, Content>;
}

export function versionChains({ commits }: Journal): readonly VersionChain[] {
  return [...Map.groupBy(commits, ({ record }) => record)].flatMap(
    ([record, [initial, ...later]]) =>
      initial
        ? [
            {
              record,
              initial,
              steps: stepsAfter(initial, later),
              contents: new Map(
                [initial, ...later].map(({ version, content }) => [version, content]),
              ),
            },
          ]
        : [],
  );
}

function stepsAfter(initial: Commit, later: readonly Commit[]): readonly Step[] {
  return later.map((commit, index) => {
    const before = later[index - 1] ?? initial;
    const logBefore = before.content[LOG] ?? '';
    const log = commit.content[LOG] ?? '';
    return {
      commit,
      before,
      set: new Map(
        Object.entries(commit.content).filter(
          ([name, value]) => name !== LOG && name !== COUNT && before.content[name] !== value,
        ),
      ),
      removed: Object.keys(before.content).filter((name) => !(name in commit.content)),
      counted: countOf(commit.content) - countOf(before.content),
      appended: log.startsWith(logBefore) ? tokensIn(log.slice(logBefore.length)) : undefined,
      until: later[index + 1]?.moment ?? Infinity,
    };
  });
}

function tokensIn(log: string): readonly string[] {
  return log.match(/\[[^\]]*\]/g) ?? [];
}

/** What a step made of some attributes; one that it removed is ''. */
export function changeIn({ set, removed }: Step): Content {
  return Object.fromEntries([...set, ...removed.map((name) => [name, ''] as const)]);
}

export function marksIn({ set, appended = [] }: Step): readonly string[] {
  return [...set.values(), ...appended];
}
