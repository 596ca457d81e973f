import type { Clock } from '../clock';
import { type Parts, textOf } from '../parts';
import { Acceptance } from './acceptance';
import type { ClientLags } from './lags';
import { REMEMBERED_MS } from './own-texts';
import type { Written } from './proof';
import { isSentBefore, sentAfter, type SentText } from './sent-text';
import { isWholeFormOf } from './text-forms';

/** So many texts without an answer are remembered of one part. */
const MOST_UNANSWERED = 8;

/** So many texts that were sent of one part are remembered. */
const MOST_RECENT = 100;

/** What a write to a record without versions sends, by part. */
export type Sending = ReadonlyMap<string, SentText>;

/**
 * What this process has sent to a record without versions, and what of it was accepted, whatever way
 * of writing was used. So the next update does not take an old value for the present one, nor the
 * value of another update for somebody else's.
 */
export class IntentLog {
  /** What was sent of each part and has no answer. */
  private readonly unanswered = new Map<string, readonly SentText[]>();
  /** The latest texts that were sent of each part, the oldest first; the last one is kept in any case. */
  private readonly latest = new Map<string, readonly SentText[]>();
  /** What was accepted last of each part, until a read has shown what somebody else wrote. */
  private readonly accepted = new Map<string, Acceptance>();
  private lastAt = -Infinity;

  /** @param lags of the client in whose name it writes */
  constructor(
    private readonly clock: Clock,
    private readonly lags: ClientLags,
  ) {}

  /** Until when it holds something that reads may need. */
  get usefulUntil(): number {
    let until = this.lastAt + REMEMBERED_MS;
    for (const { usefulUntil } of this.accepted.values()) until = Math.max(until, usefulUntil);
    return until;
  }

  /** Notes a write that is about to be sent. */
  note({ base, delta }: Written): Sending {
    const sending = new Map<string, SentText>();
    // Under a version, the next read tells what there is.
    if (base.version !== null) return sending;
    const at = this.clock.now();
    for (const [name, { from, to }] of delta) {
      const sent = { text: to ?? '', before: from, unanswered: this.unansweredOf(name, to), at };
      this.noteUnanswered(name, sent);
      const before = this.latest.get(name)?.at(-1);
      if (before) before.next = sent;
      this.latest.set(name, [...this.stillRecent(name, at), sent]);
      sending.set(name, sent);
    }
    this.lastAt = at;
    this.forgetOld(at);
    return sending;
  }

  /** A write was accepted. */
  noteAccepted(sending: Sending): ReadonlyMap<string, Acceptance> {
    return this.keep(this.acceptancesOf(sending));
  }

  /**
   * Takes a write without an answer for accepted where a read shows some of it, and in the place of all
   * the rest what others have written since: it was one request, and has been applied as a whole. A gap
   * tells nothing, since whoever removes leaves the same, nor does what was there of late or is cut off;
   * and nothing is told while any of it may be as it was before. Where the same was sent several times
   * and never answered, whichever was applied will do.
   *
   * @param shown by a read that was sent after the write
   * @param provable the parts whose content may prove it
   * @param asked the parts of those who still ask; none, where nobody does: then all are meant
   * @returns what was accepted of that, and what shows; `undefined` where nothing proves that it was
   */
  noteShown(
    sending: Sending,
    shown: Parts,
    provable: ReadonlySet<string>,
    asked: ReadonlySet<string>,
  ): ReadonlyMap<string, Acceptance> | undefined {
    // When it was accepted is not known, so it teaches nothing of lags.
    const all = this.acceptancesOf(sending, { ...this.lags, note: () => undefined });
    const meant = [...all.values()].filter(({ name }) => asked.size === 0 || asked.has(name));
    const accepted = new Map(meant.map((one) => [one.name, one]));
    let isProved = false;
    for (const [name, acceptance] of all) {
      const visibility = acceptance.judge(shown.get(name) ?? null, acceptance.at);
      if (visibility === 'notYet') return undefined;
      if (visibility !== 'there') continue;
      accepted.set(name, acceptance);
      const { sent, stored = sent.text } = acceptance;
      const isWhole = stored === sent.text || isWholeFormOf(sent.text, stored);
      isProved ||= isWhole && provable.has(name) && this.isNew(acceptance, meant);
    }
    return isProved ? this.keep(accepted) : undefined;
  }

  /** A write surely has not been applied. */
  noteRefused(sending: Sending): void {
    for (const [name, sent] of sending) {
      sent.isRefused = true;
      this.keepUnanswered(name, (one) => one !== sent);
    }
  }

  /**
   * Notes what a read has shown.
   *
   * @returns what the record will hold when all that was accepted has become visible
   * @param sentAt when the read that has shown it was sent. Replies can overtake each other, so what
   * came before tells nothing about what was accepted, or seen, only after that.
   */
  noteRead(shown: Parts, sentAt: number): Parts {
    if (this.accepted.size === 0) return shown;
    const now = this.clock.now();
    const parts = new Map(shown);
    for (const [name, acceptance] of this.accepted) {
      const visibility = acceptance.judge(shown.get(name) ?? null, sentAt);
      const isForgotten = acceptance.usefulUntil <= now;
      if (isForgotten || visibility === 'replaced' || visibility === 'superseded') {
        this.accepted.delete(name);
        // Where reads are further behind than its bound, it may still show.
        if (visibility === 'superseded' && !acceptance.isSeen) {
          this.noteUnanswered(name, acceptance.sent);
        }
      } else if (visibility === 'notYet' && textOf(shown, name) !== acceptance.sent.text) {
        parts.set(name, acceptance.sent.text);
      }
    }
    return parts;
  }

  /** Whether this process was the last to set a part to what it holds, by the latest {@link noteRead}. */
  isOurs(name: string, parts: Parts): boolean {
    return this.accepted.get(name)?.isShownBy(textOf(parts, name)) === true;
  }

  /** What may stand in place of what the latest {@link noteRead} takes for present, if that is not to be relied on. */
  alternative(name: string): string | undefined {
    return this.accepted.get(name)?.alternative;
  }

  /** What was accepted of a part and no read has shown yet. */
  unseen(name: string): Acceptance | undefined {
    const acceptance = this.accepted.get(name);
    return acceptance?.isSeen === false ? acceptance : undefined;
  }

  /** All that was accepted and no read has shown yet. */
  get allUnseen(): readonly Acceptance[] {
    return [...this.accepted.values()].filter(({ isSeen }) => !isSeen);
  }

  /** What was accepted of a part, where the latest {@link noteRead} leaves open what there will be. */
  unsettled(name: string): Acceptance | undefined {
    const acceptance = this.accepted.get(name);
    return acceptance?.isUnsettled ? acceptance : undefined;
  }

  private acceptancesOf(
    sending: Sending,
    lags: ClientLags = this.lags,
  ): ReadonlyMap<string, Acceptance> {
    return new Map(
      [...sending].map(([name, sent]) => {
        const earlier = this.isLatest(name, sent) ? this.accepted.get(name) : undefined;
        const sentBefore = this.sentBefore(name, sent);
        return [name, new Acceptance(name, sent, earlier, this.clock, lags, sentBefore)];
      }),
    );
  }

  /**
   * Whether a part shows a text because of a write, or of one that repeats all that is meant and has no
   * answer either: not because it was there before, or was sent otherwise.
   */
  private isNew({ name, sent }: Acceptance, meant: readonly Acceptance[]): boolean {
    const { text } = sent;
    const earlier = this.sentBefore(name, sent);
    if ([sent, ...earlier].some(({ before }) => before === text)) return false;
    const again = [...earlier, ...sentAfter(sent)].filter((one) => one.text === text);
    const isOpen = (one: Acceptance, at: number) =>
      this.withoutAnswer(one.name).some((sent) => sent.at === at && sent.text === one.sent.text);
    return text !== '' && again.every(({ at }) => meant.every((one) => isOpen(one, at)));
  }

  private sentBefore(name: string, sent: SentText): readonly SentText[] {
    return this.stillRecent(name, sent.at).filter((one) => isSentBefore(one, sent));
  }

  private keep(acceptances: ReadonlyMap<string, Acceptance>): ReadonlyMap<string, Acceptance> {
    for (const [name, acceptance] of acceptances) {
      const { sent } = acceptance;
      this.keepUnanswered(name, (one) => one !== sent);
      if (this.isLatest(name, sent)) this.accepted.set(name, acceptance);
    }
    this.lastAt = this.clock.now();
    return acceptances;
  }

  /** What was sent later may be answered earlier. */
  private isLatest(name: string, sent: SentText): boolean {
    const known = this.accepted.get(name);
    return !known || !isSentBefore(sent, known.sent);
  }

  /** Older ones show no more: what a read shows so long after it was sent stands. */
  private stillRecent(name: string, at: number): readonly SentText[] {
    const since = at - this.lags.boundMs();
    const recent = this.latest.get(name) ?? [];
    return recent.filter((one) => one.isRefused !== true && one.at > since).slice(-MOST_RECENT);
  }

  private withoutAnswer(name: string): readonly SentText[] {
    return this.unanswered.get(name) ?? [];
  }

  /** Other texts than one that is about to be sent, which may show because what was sent before has no answer. */
  private unansweredOf(name: string, to: string | null): readonly (string | null)[] {
    const texts = this.withoutAnswer(name).flatMap(({ before, text }) => [before, text]);
    return texts.filter((text) => (text ?? '') !== (to ?? ''));
  }

  private noteUnanswered(name: string, sent: SentText): void {
    this.unanswered.set(name, [...this.withoutAnswer(name), sent]);
  }

  private keepUnanswered(name: string, isKept: (sent: SentText) => boolean): void {
    const kept = this.withoutAnswer(name).filter(isKept).slice(-MOST_UNANSWERED);
    if (kept.length > 0) this.unanswered.set(name, kept);
    else this.unanswered.delete(name);
  }

  private forgetOld(at: number): void {
    const isRecent = (sent: SentText) => sent.at + REMEMBERED_MS > at;
    for (const name of this.unanswered.keys()) this.keepUnanswered(name, isRecent);
    for (const [name, sent] of this.latest) {
      const acceptedUntil = this.accepted.get(name)?.usefulUntil ?? -Infinity;
      if (!sent.some(isRecent) && acceptedUntil <= at) this.latest.delete(name);
    }
  }
}
