import { type Parts, textOf } from '../parts';
import type { Acceptance } from './acceptance';

/** What has become of all that an update waits for, as far as a read tells. */
export type Standing =
  /** Some of it is open. */
  | 'open'
  /** All is known. */
  | 'settled'
  /** What the update rests on is not so, and it has to see for itself again. */
  | 'changed';

/** Accepted texts that an update waits to see: those that it wrote, or those that it rests on. */
export class AwaitedValues {
  readonly kind = 'values';
  private readonly superseding = new Map<string, string | null>();
  private latest: Parts | undefined;

  /** @param rested what the update takes for present, where it has written nothing */
  constructor(
    private readonly acceptances: readonly Acceptance[],
    private readonly rested?: Parts,
  ) {}

  /** Somebody waits for it, until `leave`. */
  join(): void {
    for (const acceptance of this.acceptances) acceptance.join();
  }

  leave(): void {
    for (const acceptance of this.acceptances) acceptance.leave();
  }

  /** When a read may decide what the latest one has left open. */
  decidedAfter(sentAt: number): number {
    const times = this.acceptances.map(({ decidedAt }) => decidedAt).filter((at) => at > sentAt);
    return Math.min(...times);
  }

  /** When to look for all of it first. */
  get firstLookAt(): number {
    return Math.max(...this.acceptances.map(({ firstLookAt }) => firstLookAt));
  }

  /** What others have written over it, by part; `null` stands for a part that they have removed. */
  get superseded(): ReadonlyMap<string, string | null> {
    return this.superseding;
  }

  /** What the server stores otherwise than it was sent, by part. */
  get stored(): ReadonlyMap<string, string> {
    return new Map(
      this.acceptances.flatMap(({ name, stored }) =>
        stored === undefined ? [] : [[name, stored] as const],
      ),
    );
  }

  /** What the latest read has shown in place of what is not seen yet; `undefined` before the first one. */
  get stands(): ReadonlyMap<string, string | null> | undefined {
    const { latest } = this;
    const open = this.acceptances.filter(({ isSeen }) => !isSeen);
    return latest && new Map(open.map(({ name }) => [name, latest.get(name) ?? null]));
  }

  /** @param sentAt when the read was sent */
  judge(shown: Parts, sentAt: number): Standing {
    this.latest = shown;
    return this.rested
      ? this.judgeRested(this.rested, shown, sentAt)
      : this.judgeOwn(shown, sentAt);
  }

  private judgeOwn(shown: Parts, sentAt: number): Standing {
    let standing: Standing = 'settled';
    this.superseding.clear();
    for (const acceptance of this.acceptances) {
      const { name } = acceptance;
      const visibility = acceptance.judge(shown.get(name) ?? null, sentAt);
      // What was seen was written, whatever others have made of it since.
      if (acceptance.isSeen) continue;
      if (visibility === 'superseded') this.superseding.set(name, textOf(shown, name) || null);
      else standing = 'open';
    }
    return standing;
  }

  private judgeRested(rested: Parts, shown: Parts, sentAt: number): Standing {
    let standing: Standing = 'settled';
    for (const acceptance of this.acceptances) {
      const { name } = acceptance;
      const expected = textOf(rested, name);
      const visibility = acceptance.judge(shown.get(name) ?? null, sentAt);
      const isOurs = acceptance.isShownBy(expected);
      if (visibility === 'notYet') standing = 'open';
      else if (visibility === 'there' || visibility === 'replaced') {
        if (!isOurs) return 'changed';
      } else if (textOf(shown, name) !== expected) return 'changed';
      else if (visibility === 'unsure') standing = 'open';
    }
    return standing;
  }
}
