import type { Commit, Journal } from './journal';
import { type Content, LOG, type Operation, valuesOf } from './operation';

/** What one commit brought about. */
export interface Step {
  readonly commit: Commit;
  readonly before: Commit;
  /** Attributes with a new value. */
  readonly set: ReadonlyMap<string, string>;
  /** Tokens that are new in the log; `undefined` where it did not just grow. */
  readonly appended: readonly string[] | undefined;
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
          ([name, value]) => name !== LOG && before.content[name] !== value,
        ),
      ),
      appended: log.startsWith(logBefore) ? tokensIn(log.slice(logBefore.length)) : undefined,
      until: later[index + 1]?.moment ?? Infinity,
    };
  });
}

function tokensIn(log: string): readonly string[] {
  return log.match(/\[[^\]]*\]/g) ?? [];
}

/** Who brought a value or a token into the world. */
export class Authors {
  private readonly operations = new Map<string, Operation>();

  constructor(history: readonly Operation[]) {
    for (const operation of history) {
      for (const mark of marksOf(operation)) {
        this.operations.set(`${operation.record} ${mark}`, operation);
      }
    }
  }

  of(record: string, mark: string): Operation | undefined {
    return this.operations.get(`${record} ${mark}`);
  }
}

/** The unique values and tokens that an operation would bring into the world. */
export function marksOf({ call }: Operation): readonly string[] {
  return call.kind === 'append' ? [call.token] : Object.values(valuesOf(call));
}

export function marksIn({ set, appended = [] }: Step): readonly string[] {
  return [...set.values(), ...appended];
}
