import type { Clock } from './clock';

/** Why a timer ends early. A reason of one's own saves the making of an error. */
const RUNG = 'rung';

/** Wakes one sleeper, at a time or before. */
export class Alarm {
  private wake: () => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  /** Resolves at a time (`Infinity`: never), or as soon as the alarm is rung. */
  async sleepUntil(at: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.wake = () => {
      resolve(undefined);
    };
    if (at === Infinity) {
      await promise;
      return;
    }
    const timer = new AbortController();
    const ms = Math.max(0, at - this.clock.now());
    this.clock.sleep(ms, timer.signal).then(this.wake, this.wake);
    await promise;
    timer.abort(RUNG);
  }

  /** Does nothing while nobody sleeps. */
  ring(): void {
    this.wake();
  }
}
