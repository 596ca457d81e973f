import type { Visibility } from '../../../core/evidence/acceptance';
import type { Intent } from '../../../core/evidence/intent';
import { IntentLog, type Sending } from '../../../core/evidence/intent-log';
import { Lags } from '../../../core/evidence/lags';
import type { Delta, Parts } from '../../../core/parts';
import { VirtualClock } from '../virtual-clock';

type Noted = Pick<Intent<string>, 'base' | 'delta'>;

/** `null` takes a part out. */
export type Values = Readonly<Record<string, string | null>>;
type Texts = Readonly<Record<string, string>>;

export const partsOf = (texts: Texts): Parts => new Map(Object.entries(texts));

export function intent(values: Values, before: Texts = {}, version: number | null = null): Noted {
  const delta: Delta = new Map(
    Object.entries(values).map(([name, to]) => [
      name,
      { from: partsOf(before).get(name) ?? null, to },
    ]),
  );
  return { base: { parts: partsOf(before), version }, delta };
}

/** What can be done with the log of one record. */
export function using(log: IntentLog, clock: VirtualClock) {
  /** Sends, and is not answered. */
  const send = (values: Values, before: Texts = {}): Sending => log.note(intent(values, before));
  const accepted = (sent: Sending) => {
    const acceptances = log.noteAccepted(sent);
    return (seen: Texts): Readonly<Record<string, Visibility>> =>
      Object.fromEntries(
        [...acceptances].map(([name, one]) => [
          name,
          one.judge(partsOf(seen).get(name) ?? '', clock.now()),
        ]),
      );
  };
  return {
    log,
    send,
    accepted,
    /** Sends and is answered at once; gives what becomes visible of each part. */
    accept: (values: Values, before: Texts = {}) => accepted(send(values, before)),
    shown: (seen: Texts, sentAt = clock.now()): Texts =>
      Object.fromEntries(log.noteRead(partsOf(seen), sentAt)),
    isOurs: (name: string, texts: Texts) => log.isOurs(name, partsOf(texts)),
  };
}

export function logOf(clock: VirtualClock): IntentLog {
  return new IntentLog(clock, new Lags(clock).of('client'));
}

export function setUp() {
  const clock = new VirtualClock();
  return {
    clock,
    pass: async (ms: number) => {
      await clock.run(clock.sleep(ms));
    },
    ...using(logOf(clock), clock),
  };
}
