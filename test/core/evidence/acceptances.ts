import { Acceptance } from '../../../core/evidence/acceptance';
import { Lags } from '../../../core/evidence/lags';
import type { SentText } from '../../../core/evidence/sent-text';
import { VirtualClock } from '../virtual-clock';

/** Accepts texts of one part, at a time that the test sets. */
export function setUp(clock = new VirtualClock()) {
  const lags = new Lags(clock).of('client');
  const accept = (sent: SentText, earlier?: Acceptance, sentBefore?: readonly SentText[]) =>
    new Acceptance('a', sent, earlier, clock, lags, sentBefore);
  const until = (at: number) => clock.run(clock.sleep(Math.max(0, at - clock.now())));
  return { accept, clock, lags, until };
}

/** A text that was sent in place of another one, after some that have no answer. */
export const sent = (
  text: string,
  before: string | null,
  unanswered: readonly (string | null)[] = [],
): SentText => ({ text, before, unanswered, at: 0 });
