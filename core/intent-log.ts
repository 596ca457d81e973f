import type { Clock } from './clock';
import type { Intent } from './intent';
import { type Parts, textOf } from './parts';

/** After this, in ms, a value that was accepted but never seen is given up: Genesys itself speaks of 10 s. */
const FORGET_AFTER_MS = 30_000;

/** A text of a part that this process has sent, or is about to send. */
interface SentText {
  readonly text: string;
  readonly at: number;
  /** Set where it surely has not been applied. */
  isRefused?: true;
  /** What this process sent after it. So whoever waits to see a text keeps what came after it, and no more. */
  next?: SentText;
}

/** What a write to a record without versions sends, by part. */
export type Sending = ReadonlyMap<string, SentText>;

/** A value that was accepted and that reads are to show. */
export interface Acceptance {
  readonly name: string;
  readonly sent: SentText;
  /** Older values that a read may still show. */
  readonly stale: ReadonlySet<string>;
  /** Whether the value was there before, so that a read that shows it need not show this write. */
  readonly isBack: boolean;
  readonly at: number;
  /** When a read had shown it. */
  seenAt?: number;
}

/** What a read shows of an accepted value: not yet, already, or no more because somebody else wrote since. */
export type Visibility = 'notYet' | 'there' | 'overtaken';

/**
 * What this process has sent to a record without versions, and what of it was accepted, whatever way
 * of writing was used. So the next update does not take an old value for the present one, nor the
 * value of another update for somebody else's.
 */
export class IntentLog {
  /** What was sent last of each part. */
  private readonly latest = new Map<string, SentText>();
  /** What was accepted last of each part, until a read has shown what somebody else wrote. */
  private readonly accepted = new Map<string, Acceptance>();
  private lastAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Until when it holds something that reads may need. */
  get usefulUntil(): number {
    return this.lastAt + FORGET_AFTER_MS;
  }

  /** Notes a write that is about to be sent. */
  note({ base, delta }: Pick<Intent<unknown>, 'base' | 'delta'>): Sending {
    const sending = new Map<string, SentText>();
    // Under a version, the next read tells what there is.
    if (base.version !== null) return sending;
    const at = this.clock.now();
    for (const [name, { to }] of delta) {
      const sent = { text: to ?? '', at };
      const before = this.latest.get(name);
      if (before) before.next = sent;
      this.latest.set(name, sent);
      sending.set(name, sent);
    }
    this.forgetOld(at);
    return sending;
  }

  /** A write was accepted. */
  noteAccepted(sending: Sending, before: Parts): ReadonlyMap<string, Acceptance> {
    const at = this.clock.now();
    const accepted = new Map<string, Acceptance>();
    for (const [name, sent] of sending) {
      const earlier = this.accepted.get(name);
      const stale = new Set(earlier && earlier.seenAt === undefined ? earlier.stale : []);
      stale.add(textOf(before, name));
      const isBack = stale.delete(sent.text);
      const acceptance = { name, sent, stale, isBack, at };
      this.accepted.set(name, acceptance);
      accepted.set(name, acceptance);
    }
    this.lastAt = at;
    return accepted;
  }

  /** A write surely has not been applied. */
  noteRefused(sending: Sending): void {
    for (const sent of sending.values()) sent.isRefused = true;
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
      const found = textOf(shown, name);
      if (acceptance.at + FORGET_AFTER_MS <= now) this.accepted.delete(name);
      else if (found === acceptance.sent.text) {
        if (!acceptance.isBack && sentAt >= acceptance.at) acceptance.seenAt ??= now;
      } else if (isOlder(acceptance, found, sentAt)) parts.set(name, acceptance.sent.text);
      else this.accepted.delete(name);
    }
    return parts;
  }

  /** Whether this process was the last to set a part to what it holds, by the latest {@link noteRead}. */
  isOurs(name: string, parts: Parts): boolean {
    return this.accepted.get(name)?.sent.text === textOf(parts, name);
  }

  /** What was accepted of a part and no read has shown yet. */
  unseen(name: string): Acceptance | undefined {
    const acceptance = this.accepted.get(name);
    return acceptance?.seenAt === undefined ? acceptance : undefined;
  }

  private forgetOld(at: number): void {
    this.lastAt = at;
    for (const [name, sent] of this.latest) {
      const acceptedAt = this.accepted.get(name)?.at ?? -Infinity;
      if (Math.max(sent.at, acceptedAt) + FORGET_AFTER_MS <= at) this.latest.delete(name);
    }
  }
}

export function visibilityOf({ name, sent, stale }: Acceptance, shown: Parts): Visibility {
  const found = textOf(shown, name);
  // What this process sent later came after ours, so ours was there before it.
  for (let one: SentText | undefined = sent; one; one = one.next) {
    if (one.text === found && !one.isRefused) return 'there';
  }
  return stale.has(found) ? 'notYet' : 'overtaken';
}

/** Whether what a read has shown was there before what was accepted. */
function isOlder(
  { at, seenAt = Infinity, stale }: Acceptance,
  shown: string,
  sentAt: number,
): boolean {
  return sentAt < at || (sentAt < seenAt && stale.has(shown));
}
