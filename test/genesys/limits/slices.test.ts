import { describe, expect, it } from '@jest/globals';

import { type EventLoop, Slices } from '../../../genesys/limits/slices';

const SLICE_MS = 10;

/** An event loop that turns when the test says so. */
class FakeLoop implements EventLoop {
  turns = 0;
  private time = 0;
  private due: (() => void)[] = [];

  now(): number {
    return this.time;
  }

  /** Keeps the event loop for so long. */
  work(ms: number): void {
    this.time += ms;
  }

  nextTurn(action: () => void): void {
    this.due.push(action);
  }

  /** Turns until nobody wants another turn. */
  async settle(): Promise<void> {
    await microtasks();
    while (this.due.length > 0) {
      this.turns++;
      const due = this.due;
      this.due = [];
      for (const action of due) {
        action();
        await microtasks();
      }
    }
  }
}

/** All that happens before the event loop goes on. */
async function microtasks(): Promise<void> {
  for (let step = 0; step < 100; step++) await Promise.resolve();
}

function setUp() {
  const loop = new FakeLoop();
  const slices = new Slices(loop);
  const log: string[] = [];
  /** Works on so many items for so long each, and logs in which turn. */
  const work = async (name: string, items: number, msEach: number) => {
    for await (const item of slices.of(Array.from({ length: items }).keys())) {
      loop.work(msEach);
      log.push(`${name}${item} in turn ${loop.turns}`);
    }
  };
  return { loop, slices, log, work };
}

describe('Long work', () => {
  it('lets the event loop turn after each slice, and keeps the order of its items', async () => {
    const { loop, log, work } = setUp();
    const done = work('item ', 7, SLICE_MS / 2);
    await loop.settle();
    await done;
    expect(log).toEqual([
      'item 0 in turn 0',
      'item 1 in turn 0',
      'item 2 in turn 1',
      'item 3 in turn 1',
      'item 4 in turn 2',
      'item 5 in turn 2',
      'item 6 in turn 3',
    ]);
  });

  it('is not cut where it is shorter than a slice', async () => {
    const { log, work } = setUp();
    await work('', 9, SLICE_MS / 10);
    expect(log).toHaveLength(9);
    expect(log.every((line) => line.endsWith('in turn 0'))).toBe(true);
  });

  it('has a slice of its own for an item that takes longer', async () => {
    const { loop, log, work } = setUp();
    const done = work('', 3, 3 * SLICE_MS);
    await loop.settle();
    await done;
    expect(log).toEqual(['0 in turn 0', '1 in turn 1', '2 in turn 2']);
  });

  it('has a new slice after the event loop has turned for another reason', async () => {
    const { loop, log, work } = setUp();
    await work('early ', 1, SLICE_MS - 1);
    await loop.settle();
    await work('late ', 1, SLICE_MS - 1);
    expect(log).toEqual(['early 0 in turn 0', 'late 0 in turn 1']);
  });

  it('shares its slices with other long work: first come, first served', async () => {
    const { loop, log, work } = setUp();
    const one = work('a', 3, SLICE_MS);
    await microtasks();
    const other = work('b', 3, SLICE_MS);
    await loop.settle();
    await Promise.all([one, other]);
    expect(log).toEqual([
      'a0 in turn 0',
      'a1 in turn 1',
      'b0 in turn 2',
      'a2 in turn 3',
      'b1 in turn 4',
      'b2 in turn 5',
    ]);
  });

  it('goes before whoever comes while it waits', async () => {
    const { loop, log, work } = setUp();
    const first = work('first ', 1, SLICE_MS);
    await microtasks();
    const late: Promise<void>[] = [];
    loop.nextTurn(() => late.push(work('late ', 1, 1)));
    const waiting = work('waiting ', 1, 1);
    await loop.settle();
    await Promise.all([first, waiting, ...late]);
    expect(log).toEqual(['first 0 in turn 0', 'waiting 0 in turn 1', 'late 0 in turn 2']);
  });

  it('is cut where it consists of much that comes in the same moment, too', async () => {
    const { loop, slices } = setUp();
    const turns: number[] = [];
    const all = Array.from({ length: 25 }, async (_, index) => {
      const result = await slices.run(() => {
        loop.work(1);
        turns.push(loop.turns);
        return index;
      });
      expect(result).toBe(index);
    });
    await loop.settle();
    await Promise.all(all);
    const inTurn = (turn: number) => turns.filter((other) => other === turn).length;
    expect([inTurn(0), inTurn(1), inTurn(2)]).toEqual([10, 10, 5]);
  });

  it('fails for whoever wanted what fails', async () => {
    const { loop, slices, work } = setUp();
    const failing = () =>
      slices.run(() => {
        throw new Error('no luck');
      });
    await expect(failing()).rejects.toThrow('no luck');
    const long = work('', 1, SLICE_MS);
    await microtasks();
    const later = expect(failing()).rejects.toThrow('no luck');
    await loop.settle();
    await Promise.all([long, later]);
  });

  it('leaves the event loop alone once it is done', async () => {
    const { loop, work } = setUp();
    const done = work('', 3, SLICE_MS);
    await loop.settle();
    await done;
    const { turns } = loop;
    await loop.settle();
    expect(loop.turns).toBe(turns);
  });
});
