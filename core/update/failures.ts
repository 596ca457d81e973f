import { askedToWaitMs, type StoreError } from '../store';
import type { UpdateErrorReason } from '../update-error';

/** How requests and attempts of one update have failed. */
export class Failures {
  /** How the latest request failed that was made for it; `undefined` where it did not. */
  latest: StoreError | undefined;
  private readonly attempts: StoreError[] = [];

  /** Of its attempts, in order. */
  get ofAttempts(): readonly StoreError[] {
    return this.attempts;
  }

  /** Whether the last two say that they will not pass. */
  get areLasting(): boolean {
    return this.attempts.slice(-2).filter(({ failure }) => 'lasting' in failure).length > 1;
  }

  /** Milliseconds that the server asked to wait. */
  get askedToWaitMs(): number {
    return this.latest ? askedToWaitMs(this.latest.failure) : 0;
  }

  /** An attempt has failed. */
  add(error: StoreError): void {
    this.attempts.push(error);
  }

  /** The latest attempt was cut short with the update itself, which tells nothing of the server. */
  dropLatest(): void {
    this.attempts.pop();
  }

  /** What is told of an update that ends for a reason. */
  told(reason: UpdateErrorReason): string {
    if (reason === 'cancelled') return 'The execution was cancelled.';
    return this.latest?.message ?? 'No reply came in time.';
  }
}
