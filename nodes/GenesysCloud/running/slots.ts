import { Queue } from '../../../genesys/limits/queue';

/** So many records may be worked on at a time. Whoever waits gets a slot in turn. */
export class Slots {
  private readonly waiting = new Queue<() => void>();
  private readonly returning = new Queue<() => void>();

  constructor(private free: number) {}

  /** Waits for a slot, which is to be given back. */
  async take(): Promise<void> {
    await this.takeIn(this.waiting);
  }

  /** Waits for a slot for a record that has had one before, whose time is running: before all others. */
  async takeAgain(): Promise<void> {
    await this.takeIn(this.returning);
  }

  giveBack(): void {
    const queue = this.returning.size > 0 ? this.returning : this.waiting;
    const goOn = queue.first();
    queue.shift();
    if (goOn) goOn();
    else this.free++;
  }

  private async takeIn(queue: Queue<() => void>): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return;
    }
    await new Promise<void>((goOn) => {
      queue.push(goOn);
    });
  }
}
