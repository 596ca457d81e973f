/** A text of a part that this process has sent, or is about to send. */
export interface SentText {
  readonly text: string;
  /** What the part held, as far as was known; `null` where it was not there. */
  readonly before: string | null;
  /** Other texts that were sent before it and had no answer yet, or were never seen, and what was there before them: all may show now. */
  readonly unanswered: readonly (string | null)[];
  readonly at: number;
  /** Set where it surely has not been applied. */
  isRefused?: true;
  /** What this process sent after it. So whoever waits to see a text keeps what came after it, and no more. */
  next?: SentText;
}

/** What was sent after it, and not refused. */
export function* sentAfter(sent: SentText): Generator<SentText> {
  for (let next = sent.next; next; next = next.next) if (next.isRefused !== true) yield next;
}

/** Whether one text was sent before another one. */
export function isSentBefore(one: SentText, other: SentText): boolean {
  for (let next = one.next; next; next = next.next) if (next === other) return true;
  return false;
}
