import type { Leg } from './leg';
import type { Arena, Exchange, Pacer, Peer } from './pacer';
import { drained, underVirtualTimers } from './promises';
import { seededRandom, untilNext } from './random';
import { Connection, ModelRecord, type Shown } from './record';
import { Timeline } from './timeline';

/** So many reads are sent at most when a client chases the record; as in core/cycle/read-after-move.ts. */
const MAX_CHASING_READS = 24;

/** One client, which wants to commit once. */
export interface Entrant {
  readonly peer: Peer;
  readonly leg: Leg;
  readonly startsAt: number;
}

/** A race of clients for one record. */
export interface Contest {
  readonly entrants: readonly Entrant[];
  /** Moves of the version that change no content, as a Poisson process. */
  readonly churnPerMs?: number;
  readonly seed: number;
}

/** What became of one client. */
export interface Finish {
  readonly entrant: Entrant;
  readonly reads: number;
  readonly writes: number;
  /** When its commit was confirmed or it gave up, in ms of virtual time. */
  readonly endedAt: number;
  readonly gaveUp: boolean;
}

/** Whose chance it is: each client has its own for its legs and for its waits, whatever others do. */
export function chanceOf(seed: number, index: number, use: 'legs' | 'waits'): () => number {
  return seededRandom(seed * 4096 + index * 4 + (use === 'legs' ? 0 : 1));
}

/**
 * Lets clients compete for one record on virtual time. Each reads, writes on condition that the
 * version has not moved, and on a conflict waits as its peer says and begins anew. This is the model
 * of the AWS backoff simulator, with legs, starts and churn to choose.
 *
 * @see https://github.com/aws-samples/aws-arch-backoff-simulator
 */
export async function contest({ entrants, churnPerMs = 0, seed }: Contest): Promise<Finish[]> {
  const timeline = new Timeline();
  const record = new ModelRecord();
  const arena = { contenders: 0, promisesAreDue: false };
  const finishes: Finish[] = [];
  entrants.forEach((entrant, index) => {
    const connection = new Connection(timeline, entrant.leg, chanceOf(seed, index, 'legs'));
    const client = new Client(timeline, record, connection, arena, (end) => {
      finishes.push({ ...end, entrant });
    });
    timeline.after(entrant.startsAt, () => {
      arena.contenders++;
      if ('drive' in entrant.peer) client.beDriven(entrant.peer.drive);
      else client.pacedBy(entrant.peer.pacer(chanceOf(seed, index, 'waits'), arena));
    });
  });
  if (churnPerMs > 0) churn(record, timeline, churnPerMs, seed);

  const race = async () => {
    while (finishes.length < entrants.length && timeline.step()) {
      if (!arena.promisesAreDue) continue;
      arena.promisesAreDue = false;
      await drained();
    }
  };
  if (entrants.some(({ peer }) => 'drive' in peer)) {
    const rang = () => {
      arena.promisesAreDue = true;
    };
    await underVirtualTimers(timeline, chanceOf(seed, entrants.length, 'waits'), rang, race);
  } else await race();
  return finishes;
}

/** Moves the version and nothing else, so many times a ms. */
export function churn(record: ModelRecord, timeline: Timeline, perMs: number, seed: number): void {
  // No client's chance: a client draws from 4 n or 4 n + 1.
  const random = seededRandom(seed * 4096 + 2);
  const move = () => {
    record.churn();
    timeline.after(untilNext(perMs, random), move);
  };
  timeline.after(untilNext(perMs, random), move);
}

type Reading = Shown & Exchange;

class Client {
  private pacer: Pacer | undefined;
  private attempt: PromiseWithResolvers<undefined> | undefined;
  private reads = 0;
  private writes = 0;
  /** The content version that the latest read showed. */
  private shown: number | undefined;

  constructor(
    private readonly timeline: Timeline,
    private readonly record: ModelRecord,
    private readonly connection: Connection,
    private readonly arena: Arena & { contenders: number; promisesAreDue: boolean },
    private readonly ended: (end: Omit<Finish, 'entrant'>) => void,
  ) {}

  pacedBy(pacer: Pacer): void {
    this.pacer = pacer;
    this.read();
  }

  /** Leaves the loop and the waits to a library, which calls for each attempt. */
  beDriven(drive: (attempt: () => Promise<void>) => Promise<void>): void {
    this.arena.promisesAreDue = true;
    drive(async () => {
      this.attempt = Promise.withResolvers();
      this.read();
      await this.attempt.promise;
    }).then(
      () => {
        this.end(false);
      },
      () => {
        this.arena.contenders--;
        this.end(true);
      },
    );
  }

  private read(): void {
    const gapMs = this.pacer?.chaseGapMs;
    if (gapMs === undefined) {
      this.sendRead((reading) => {
        this.write(reading);
      });
    } else this.chase(gapMs);
  }

  /** Writes on the first snapshot that is newer than the one before it; reads wait for no reply. */
  private chase(gapMs: number): void {
    const readings: Reading[] = [];
    let examined = 0;
    let over = false;
    const examine = () => {
      // In the order in which they were sent: there may be gaps.
      for (let next = readings[examined]; next && !over; next = readings[examined]) {
        const before = readings[examined - 1] ?? next;
        examined++;
        over = examined === MAX_CHASING_READS || next.version > before.version;
        if (over) this.write(next);
      }
    };
    const send = (index: number) => {
      if (over || index === MAX_CHASING_READS) return;
      this.sendRead((reading) => {
        readings[index] = reading;
        examine();
      });
      this.timeline.after(gapMs, () => {
        send(index + 1);
      });
    };
    send(0);
  }

  private sendRead(done: (reading: Reading) => void): void {
    this.reads++;
    const sentAt = this.timeline.now;
    this.connection.request(
      () => this.record.read(),
      (shown) => {
        done({ ...shown, sentAt, answeredAt: this.timeline.now });
      },
    );
  }

  private write({ version, contentVersion, sentAt, answeredAt }: Reading): void {
    const contentMoved = this.shown !== undefined && contentVersion !== this.shown;
    this.shown = contentVersion;
    this.pacer?.read?.({ sentAt, answeredAt, version, contentMoved });
    this.writes++;
    const writtenAt = this.timeline.now;
    this.connection.request(
      () => {
        const committed = this.record.write(version);
        if (committed) this.arena.contenders--;
        return committed;
      },
      (committed) => {
        this.answered(committed, writtenAt);
      },
    );
  }

  private answered(committed: boolean, sentAt: number): void {
    const { arena, attempt, pacer, timeline } = this;
    if (attempt) {
      arena.promisesAreDue = true;
      if (committed) attempt.resolve(undefined);
      else attempt.reject(new Error('The record has moved on.'));
    } else if (committed) this.end(false);
    else {
      const waitMs = pacer?.conflict({ sentAt, answeredAt: timeline.now });
      if (waitMs === undefined) {
        arena.contenders--;
        this.end(true);
      } else {
        timeline.after(waitMs, () => {
          this.read();
        });
      }
    }
  }

  private end(gaveUp: boolean): void {
    const { reads, writes, timeline } = this;
    this.ended({ reads, writes, endedAt: timeline.now, gaveUp });
  }
}
