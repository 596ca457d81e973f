import type { Random } from '../../core';
import type { Leg } from './leg';
import type { Timeline } from './timeline';

/** The record as it was when a request arrived. */
export interface Shown {
  readonly version: number;
  /** The version at which the content changed last. */
  readonly contentVersion: number;
}

/** The record that all compete for. The server reads and judges in the moment a request arrives. */
export class ModelRecord {
  version = 0;
  contentVersion = 0;
  reads = 0;
  writes = 0;

  /** Moves the version and nothing else, as the record's own life does. */
  churn(): void {
    this.version++;
  }

  read(): Shown {
    this.reads++;
    return { version: this.version, contentVersion: this.contentVersion };
  }

  /** Answers whether the write was applied. */
  write(base: number): boolean {
    this.writes++;
    if (base !== this.version) return false;
    this.contentVersion = ++this.version;
    return true;
  }
}

/** The way of one client to the record: every request takes two legs. */
export class Connection {
  constructor(
    private readonly timeline: Timeline,
    private readonly leg: Leg,
    private readonly chance: Random,
  ) {}

  /** Does something at the record, and tells of it when the reply is there. */
  request<Reply>(atRecord: () => Reply, done: (reply: Reply) => void): void {
    const { timeline, leg, chance } = this;
    timeline.after(leg(chance), () => {
      const reply = atRecord();
      timeline.after(leg(chance), () => {
        done(reply);
      });
    });
  }
}
