import { type Operation, valuesOf } from './operation';
import type { VersionChain } from './version-chain';

/** Who brings which value or token into the world. */
export class Authors {
  private readonly operations = new Map<string, Operation[]>();
  /** What was there at first, or came from outside. */
  private readonly foreign = new Set<string>();

  constructor(history: readonly Operation[], chains: readonly VersionChain[]) {
    for (const operation of history) {
      for (const mark of marksOf(operation)) {
        const key = `${operation.record} ${mark}`;
        this.operations.set(key, [...(this.operations.get(key) ?? []), operation]);
      }
    }
    for (const { record, initial, steps } of chains) {
      for (const value of Object.values(initial.content)) this.foreign.add(`${record} ${value}`);
      for (const { commit, set } of steps) {
        if (commit.client !== null) continue;
        for (const value of set.values()) this.foreign.add(`${record} ${value}`);
      }
    }
  }

  all(record: string, mark: string): readonly Operation[] {
    return this.operations.get(`${record} ${mark}`) ?? [];
  }

  /** The only one who writes it; `undefined` where the record does not tell whose it is. */
  only(record: string, mark: string): Operation | undefined {
    const [author, ...others] = this.all(record, mark);
    return others.length > 0 || this.foreign.has(`${record} ${mark}`) ? undefined : author;
  }

  /** Whether callers write what others write, too. */
  isCommon(record: string, mark: string): boolean {
    return this.all(record, mark).length > 0 && !this.only(record, mark);
  }

  /** The values and tokens that nobody but this operation brings into the world. */
  marksOf(operation: Operation): readonly string[] {
    return marksOf(operation).filter((mark) => this.only(operation.record, mark));
  }
}

function marksOf({ call }: Operation): readonly string[] {
  return call.kind === 'append' ? [call.token] : Object.values(valuesOf(call));
}
