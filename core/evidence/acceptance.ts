import type { Clock } from '../clock';
import { boundAfter, type ClientLags } from './lags';
import { REMEMBERED_MS } from './own-texts';
import { sentAfter, type SentText } from './sent-text';
import { isFormOf } from './text-forms';

/** What a read shows of an accepted text. */
export type Visibility =
  /** Nothing: it shows what was there before, or may have been there before. */
  | 'notYet'
  /** The text itself, or the form that the server has given it. */
  | 'there'
  /** What this process has sent later, which came after it. */
  | 'replaced'
  /** What somebody else has written, and nobody knows yet whether before or after it. */
  | 'unsure'
  /** What somebody else has written, and it has stood long enough: it came after. */
  | 'superseded';

/** So many texts of others are remembered that showed before ours did. */
const MOST_UNSURE = 8;

/** So many texts are remembered that may still show, of a part that is written again and again and never shown. */
const MOST_OLDER = 64;

/** A text that was accepted and that reads are to show. */
export class Acceptance {
  readonly at: number;
  /** What a read may still show because it was there before, our own text too where that is so. */
  private readonly older: Set<string | null>;
  /** What was there first, and all that this process has sent since and that was not seen, in order. */
  private readonly before: readonly (string | null)[];
  /** What came after all that holds the same text, and only then: once a read has shown it, so did that text. */
  private readonly between: ReadonlySet<string | null>;
  /** What this process had sent of it of late, and what that replaced: each may still show, up to the bound. */
  private readonly earlier: ReadonlySet<string>;
  private readonly unsure = new Set<string | null>();
  private storedAs: string | undefined;
  private shownAt: number | undefined;
  /** For so long, in ms, reads have gone on showing what was there before. */
  private hiddenMs: number | undefined;
  /** When it is to be looked for first, in ms from the acceptance on. */
  private readonly firstLookMs: number;
  private latest: { readonly found: string | null; readonly visibility: Visibility } | undefined;
  private interested = 0;
  private leftAt = -Infinity;

  /**
   * @param earlier what was accepted of the same part before
   * @param sentBefore what this process had sent of it of late
   */
  constructor(
    readonly name: string,
    readonly sent: SentText,
    earlier: Acceptance | undefined,
    private readonly clock: Clock,
    private readonly lags: ClientLags,
    sentBefore: readonly SentText[] = [],
  ) {
    this.at = clock.now();
    this.firstLookMs = lags.firstLookMs();
    const unseen = earlier?.isSeen === false ? earlier : undefined;
    this.before = unseen
      ? latestOf([...unseen.before, unseen.sent.text])
      : [sent.before, ...sent.unanswered];
    this.between = new Set(onlyAfter(this.before, sent.text));
    const all = new Set([...this.mayShow(earlier), sent.before, ...sent.unanswered]);
    this.older = new Set(latestOf([...all]));
    const others = sentBefore.flatMap((one) => [one.before ?? '', one.text]);
    this.earlier = new Set(others.filter((text) => text !== sent.text));
    // Sent once more, it may show as it is, unless that may be what was there before both.
    if (unseen?.sent.text === sent.text && !unseen.older.has(sent.text)) this.believe();
  }

  /**
   * What the part held before an earlier acceptance, and that itself. A read that has shown that one says
   * nothing of replicas that are further behind, until its bound; but what is set again does not wait for them.
   */
  private mayShow(earlier: Acceptance | undefined): readonly (string | null)[] {
    if (!earlier || (earlier.isSeen && this.at >= earlier.boundAt)) return [];
    const { isSeen, older, sent, stored = sent.text, unsure } = earlier;
    const all = [...older, ...unsure, sent.text, stored];
    return isSeen ? all.filter((text) => (text ?? '') !== this.sent.text) : all;
  }

  /** Whether a read has shown it, or what this process has sent after it. */
  get isSeen(): boolean {
    return this.shownAt !== undefined;
  }

  /** When it is to be looked for first. */
  get firstLookAt(): number {
    return this.at + this.firstLookMs;
  }

  /** As what the server stores it, where that is another form of it. */
  get stored(): string | undefined {
    return this.storedAs;
  }

  /** Whether the latest read leaves open what there is, or what there will be. */
  get isUnsettled(): boolean {
    return this.latest?.visibility === 'unsure' || this.latest?.visibility === 'notYet';
  }

  /** Where the latest read is not to be relied on, the text that is not taken for what there is, and may be. */
  get alternative(): string | undefined {
    const visibility = this.latest?.visibility;
    const found = this.latest?.found ?? '';
    if (visibility === 'unsure') return this.sent.text;
    const isOverdue = this.isSeen || this.clock.now() >= this.at + this.lags.boundMs();
    return visibility === 'notYet' && isOverdue && !this.isShownBy(found) ? found : undefined;
  }

  /** From then on, what a read shows in its place stands. */
  get boundAt(): number {
    return this.at + Math.max(this.lags.boundMs(), boundAfter(this.hiddenMs ?? 0));
  }

  /** When a read may decide what the latest one has left open; `Infinity` where time will not tell. */
  get decidedAt(): number {
    if (!this.latest || this.isSeen) return Infinity;
    const { found, visibility } = this.latest;
    const isLeftOpen =
      visibility === 'unsure' ||
      (visibility === 'notYet' && (this.explain(found) !== undefined || this.isEarlier(found)));
    return isLeftOpen ? this.boundAt : Infinity;
  }

  /** Until when it explains what reads show; while anybody waits to see it, for ever. */
  get usefulUntil(): number {
    if (this.interested > 0) return Infinity;
    return Math.max(this.at, this.leftAt) + REMEMBERED_MS;
  }

  /** Somebody waits to see it, until `leave`. */
  join(): void {
    this.interested++;
  }

  leave(): void {
    this.interested--;
    this.leftAt = this.clock.now();
  }

  /** Whether a part holds it by itself, or in the form that the server has given it. */
  isShownBy(text: string): boolean {
    return text === this.sent.text || text === this.storedAs;
  }

  /**
   * Notes what a read shows.
   *
   * @param found `null` where the part is not there. That tells more than an empty text: a part that was
   * not there is empty only once somebody has removed it again
   * @param sentAt when that read was sent: what was sent before the acceptance tells nothing about it
   */
  judge(found: string | null, sentAt: number): Visibility {
    if (sentAt < this.at) return 'notYet';
    const visibility = this.visibilityOf(found, sentAt);
    this.latest = { found, visibility };
    return visibility;
  }

  private visibilityOf(found: string | null, sentAt: number): Visibility {
    const isDue = sentAt >= this.boundAt;
    const isOlder = this.isOlder(found);
    if (isOlder && !isDue) {
      this.noteOlder(found, sentAt);
      return 'notYet';
    }
    if (this.isEarlier(found) && !isDue) return 'notYet';
    const explained = this.explain(found);
    if (explained) {
      this.noteSeen(found, sentAt, explained, isOlder);
      return explained;
    }
    if (this.shownAt !== undefined) return sentAt < this.shownAt ? 'notYet' : 'superseded';
    if (isOlder) {
      this.noteOlder(found, sentAt);
      return 'notYet';
    }
    if (isDue) return 'superseded';
    if (this.unsure.size < MOST_UNSURE) this.unsure.add(found);
    return 'unsure';
  }

  /** What of this process a text is. */
  private explain(shown: string | null): 'there' | 'replaced' | undefined {
    const { text } = this.sent;
    const found = shown ?? '';
    if (found === text || isFormOf(text, found)) return 'there';
    for (const one of sentAfter(this.sent)) {
      if (found === one.text || isFormOf(one.text, found)) return 'replaced';
    }
    return undefined;
  }

  private isEarlier(found: string | null): boolean {
    return this.earlier.has(found ?? '') && !this.isOlder(found);
  }

  private isOlder(found: string | null): boolean {
    return this.older.has(found) || (found === null && this.older.has(''));
  }

  private noteOlder(found: string | null, sentAt: number): void {
    if (this.isSeen || this.explain(found)) return;
    this.hiddenMs = Math.max(this.hiddenMs ?? 0, sentAt - this.at);
    if (this.between.has(found)) this.believe();
  }

  /** Wherever it shows from now on, it is this one, and not what was there before. */
  private believe(): void {
    this.older.delete(this.sent.text);
    if (this.sent.text === '') this.older.delete(null);
  }

  private noteSeen(
    found: string | null,
    sentAt: number,
    explained: 'there' | 'replaced',
    isOlder: boolean,
  ): void {
    const text = found ?? '';
    if (explained === 'there') this.storedAs = text === this.sent.text ? undefined : text;
    if (this.isSeen) return;
    if (!isOlder) {
      const { firstLookMs, hiddenMs } = this;
      this.lags.note({ firstLookMs, hiddenMs, byMs: sentAt - this.at });
    }
    this.shownAt = this.clock.now();
    for (const text of this.unsure) this.older.add(text);
  }
}

/** Those that come after the last one that is the same as a text, and that are not there twice. */
function onlyAfter<Text>(texts: readonly Text[], text: Text): readonly Text[] {
  const last = texts.lastIndexOf(text);
  return texts.filter((one, index) => index > last && texts.indexOf(one) === index);
}

/** The first text is what shows all the time, and the latest ones are what comes next. */
function latestOf<Text>(texts: readonly Text[]): readonly Text[] {
  return texts.filter((_, index) => index === 0 || index > texts.length - MOST_OLDER);
}
