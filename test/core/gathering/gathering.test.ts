import { getEventListeners } from 'node:events';

import { describe, expect, it } from '@jest/globals';

import type { Clock } from '../../../core';
import { Gathering } from '../../../core/gathering/gathering';
import { seededRandom, VirtualClock } from '../virtual-clock';

const LEFT_MS = 30_000;

/** Its timers go off a little early or late. */
class InexactClock implements Clock {
  /** @param dueAt when a timer goes off that is set at a time for so many ms later */
  constructor(
    private readonly exact: VirtualClock,
    private readonly dueAt: (now: number, ms: number) => number,
  ) {}

  now(): number {
    return this.exact.now();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const now = this.now();
    await this.exact.sleep(Math.max(0, this.dueAt(now, ms) - now), signal);
  }

  async turn(): Promise<void> {
    await this.exact.turn();
  }

  later(ms: number, action: () => void): () => void {
    return this.exact.later(ms, action);
  }
}

/** In whole milliseconds, a part of one too early, as timers of Node go off. */
const rounded = (now: number, ms: number) => Math.floor(now) + Math.max(1, Math.trunc(ms));

/** At the end of the time for which a process is busy, which is the second half of each 300 ms. */
function afterBusyTime(now: number, ms: number): number {
  const dueAt = now + ms;
  const phase = dueAt % 300;
  return phase < 150 ? dueAt : dueAt - phase + 299;
}

interface Timed {
  readonly cameAt: number;
  readonly beganAt: number;
  readonly waitedMs: number;
}

/** Updates of one target, each of which takes a while once it has begun. */
function setUp({
  takesMs = 150,
  timersGoOff = (now: number, ms: number) => now + ms,
}: { takesMs?: number; timersGoOff?: (now: number, ms: number) => number } = {}) {
  const clock = new VirtualClock();
  const gathering = new Gathering(new InexactClock(clock, timersGoOff));
  /** When those came that have begun, one after the other. */
  const order: number[] = [];
  const update = async ({
    leftMs = LEFT_MS,
    cancelled,
    ownMs = takesMs,
    seenAfterMs = 0,
    follows,
  }: {
    leftMs?: number;
    cancelled?: AbortSignal;
    ownMs?: number;
    seenAfterMs?: number;
    follows?: boolean;
  } = {}): Promise<Timed> => {
    const cameAt = clock.now();
    const writing = Promise.withResolvers<undefined>();
    const comer = { leftMs, cancelled, follows, writeAnswered: writing.promise };
    return await gathering.run(comer, async (waitedMs) => {
      const beganAt = clock.now();
      order.push(cameAt);
      await clock.sleep(ownMs);
      writing.resolve(undefined);
      await clock.sleep(seenAfterMs);
      return { cameAt, beganAt, waitedMs };
    });
  };
  /** One after so many ms. */
  const updateAt = async (at: number, options: Parameters<typeof update>[0] = {}) => {
    await clock.sleep(at - clock.now());
    return await update(options);
  };
  const every = (gapMs: number, times: number, from = 0) =>
    Array.from({ length: times }, async (_, index) => await updateAt(from + index * gapMs));
  /** Two loops side by side, each of which goes on 10 to 60 ms after its update has ended. */
  const twoLoops = async (turns: number) => {
    const random = seededRandom(3);
    const loop = async () => {
      const all: Timed[] = [];
      while (all.length < turns) {
        await clock.sleep(10 + 50 * random());
        all.push(await update());
      }
      return all;
    };
    return await Promise.all([loop(), loop()]);
  };
  return { clock, every, gathering, order, twoLoops, update, updateAt };
}

function waits(all: readonly Timed[]): readonly number[] {
  return all.map(({ waitedMs }) => waitedMs);
}

function averageWait(all: readonly Timed[]): number {
  return waits(all).reduce((sum, ms) => sum + ms, 0) / all.length;
}

function groups(all: readonly Timed[]): number {
  return new Set(all.map(({ beganAt }) => beganAt)).size;
}

/** How far apart groups begin when it has gone on for some time, but for the last one. */
function apart(all: readonly Timed[]): ReadonlySet<number> {
  const starts = [...new Set(all.map(({ beganAt }) => beganAt))].slice(0, -1);
  const later = starts.filter((at) => at > 2000);
  return new Set(later.slice(1).map((at, index) => at - (later[index] ?? 0)));
}

describe('Gathering', () => {
  it('lets a lone update and the first of many begin at once', async () => {
    const { clock, every } = setUp();
    const all = await clock.run(Promise.all(every(50, 100)));
    expect(waits(all.slice(0, 4))).toEqual([0, 0, 0, 0]);
  });

  it.each([20, 50, 70])(
    'lets updates that come every %d ms begin in groups, each 250 ms after the one before it is written',
    async (gapMs) => {
      const { clock, every } = setUp({ takesMs: 80 });
      const all = await clock.run(Promise.all(every(gapMs, 200)));
      expect(apart(all)).toEqual(new Set([80 + 250]));
    },
  );

  it.each([
    ['three times as long as that has taken', 150, 450],
    ['no longer than 500 ms', 180, 500],
  ])(
    'lets a group begin %s after the one before it, where requests take long',
    async (_, takesMs, waitMs) => {
      const { clock, every } = setUp({ takesMs });
      const all = await clock.run(Promise.all(every(50, 200)));
      expect(apart(all)).toEqual(new Set([takesMs + waitMs]));
    },
  );

  it('does not take the next update for late while a busy process takes none in', async () => {
    const { clock, updateAt } = setUp({ takesMs: 200, timersGoOff: afterBusyTime });
    // Every 10 ms, but none in the second half of each 300 ms, in which the process is busy.
    const bursts = Array.from({ length: 10 }, (_, index) =>
      Array.from({ length: 15 }, (__, one) => updateAt(300 * index + 10 * one)),
    );
    const later = (await clock.run(Promise.all(bursts.flat()))).filter((one) => one.cameAt > 600);
    expect(groups(later)).toBeLessThanOrEqual(5);
  });

  it('waits for those before no longer than until they are written, though nobody has seen it yet', async () => {
    const { clock, updateAt } = setUp();
    const slow = Array.from({ length: 100 }, (_, index) =>
      updateAt(index * 50, { ownMs: 80, seenAfterMs: 2000 }),
    );
    const later = (await clock.run(Promise.all(slow))).slice(5);
    expect(Math.max(...waits(later))).toBeLessThanOrEqual(80 + 250);
  });

  it('waits for 750 ms at most where those before get no answer', async () => {
    const { clock, every, updateAt } = setUp();
    const hung = updateAt(0, { ownMs: 20_000 });
    const later = (await clock.run(Promise.all(every(50, 100, 10)))).slice(5);
    expect(Math.max(...waits(later))).toBe(750);
    await clock.run(hung);
  });

  it('waits for nobody else when all who come again and again are there', async () => {
    const { clock, twoLoops } = setUp({ takesMs: 90 });
    const loops = await clock.run(twoLoops(50));
    expect(averageWait(loops.flat())).toBeLessThan(30);
  });

  it('lets updates that come in clumps begin in groups, too', async () => {
    const { clock, every } = setUp({ takesMs: 80 });
    const clumps = [0, 1, 3].flatMap((later) => every(80, 50, later));
    const all = await clock.run(Promise.all(clumps));
    const later = all.filter(({ cameAt }) => cameAt > 600);
    expect(Math.max(...waits(later))).toBeLessThanOrEqual(80 + 250);
    expect(groups(later)).toBeLessThanOrEqual(Math.ceil((80 * 43) / (80 + 250)) + 1);
  });

  it('lets nobody wait where updates come so far apart that nobody else would come', async () => {
    const { clock, every } = setUp({ takesMs: 5000 });
    const all = await clock.run(Promise.all(every(260, 50)));
    expect(Math.max(...waits(all))).toBe(0);
  });

  it('lets nobody wait where each comes when the one before has ended', async () => {
    const { clock, update } = setUp();
    const chain = async () => {
      const all: Timed[] = [];
      for (let index = 0; index < 50; index++) all.push(await update());
      return all;
    };
    expect(Math.max(...waits(await clock.run(chain())))).toBe(0);
  });

  it('lets nobody wait who comes in the same moment as others', async () => {
    const { clock, every } = setUp();
    const all = await clock.run(Promise.all([...every(0, 50), ...every(0, 50, 200)]));
    expect(Math.max(...waits(all))).toBe(0);
  });

  it('begins with a group as soon as the next update is late', async () => {
    const { clock, every } = setUp();
    const all = await clock.run(Promise.all(every(10, 16)));
    expect(all.at(-1)).toEqual({ cameAt: 150, beganAt: 230, waitedMs: 80 });
  });

  it.each([
    ['3 ms late, which tells nothing', 3, 233],
    ['10 ms late each time, once more after 80 ms', 10, 330],
  ])('and does so where timers go off %s', async (_, lateMs, beganAt) => {
    const { clock, every } = setUp({ timersGoOff: (now, ms) => now + ms + lateMs });
    const all = await clock.run(Promise.all(every(10, 16)));
    expect(all.at(-1)).toMatchObject({ cameAt: 150, beganAt });
  });

  it('does not take those for a crowd who wait for each other: several loops run in step soon', async () => {
    const { clock, updateAt } = setUp();
    const loop = async (startsAt: number) => {
      const all = [await updateAt(startsAt)];
      while (all.length < 50) all.push(await updateAt(clock.now()));
      return all;
    };
    const all = await clock.run(Promise.all([loop(0), loop(40), loop(80)]));
    expect(Math.max(...waits(all.flatMap((one) => one.slice(10))))).toBe(0);
  });

  it('soon lets nobody wait who goes on alone, in a loop, when the crowd is over', async () => {
    const { clock, every, update } = setUp();
    await clock.run(Promise.all(every(100, 20)));
    const chain = async () => {
      const all: Timed[] = [];
      for (let index = 0; index < 10; index++) all.push(await update());
      return all;
    };
    expect(Math.max(...waits(await clock.run(chain())).slice(4))).toBe(0);
  });

  it('lets nobody wait in a loop because of an update that gets no answer', async () => {
    const { clock, update } = setUp();
    const hung = update({ ownMs: 20_000 });
    const all: Timed[] = [];
    for (let index = 0; index < 50; index++) all.push(await clock.run(update()));
    expect(Math.max(...waits(all))).toBe(0);
    await clock.run(hung);
  });

  it('forgets how close the crowd came, where a loop goes on alone for a while', async () => {
    const { clock, every, update, updateAt } = setUp();
    await clock.run(Promise.all(every(100, 20)));
    for (let index = 0; index < 6; index++) await clock.run(update());
    const now = clock.now();
    const both = await clock.run(Promise.all([updateAt(now), updateAt(now + 50)]));
    expect(waits(both)).toEqual([0, 0]);
  });

  it('begins with all of a group in the order in which they came, though timers go off in whole milliseconds', async () => {
    const { clock, order, updateAt } = setUp({ timersGoOff: rounded });
    await clock.run(Promise.all(Array.from({ length: 60 }, (_, index) => updateAt(index * 30.7))));
    expect(order).toEqual([...order].sort((one, other) => one - other));
  });

  it('begins with a batch as one and in its order, however many turns its updates take to come', async () => {
    const { clock, every, order, updateAt } = setUp();
    const before = every(100, 10);
    const batch = [
      updateAt(1000),
      ...Array.from({ length: 18 }, (_, index) => updateAt(1010 + 10 * index, { follows: true })),
    ];
    const all = await clock.run(Promise.all(batch));
    expect(groups(all)).toBe(1);
    expect(order.slice(-19)).toEqual(all.map(({ cameAt }) => cameAt));
    expect(all[0]).toMatchObject({ beganAt: 1400 });
    // Whoever comes when it has begun waits for no group of its own.
    expect(await clock.run(updateAt(1410, { follows: true }))).toMatchObject({ waitedMs: 0 });
    await clock.run(Promise.all(before));
  });

  it('does not take the updates of one batch for a crowd', async () => {
    const { clock, updateAt } = setUp({ takesMs: 500 });
    const batch = Array.from({ length: 20 }, (_, index) =>
      updateAt(20 * index, { follows: index > 0 }),
    );
    expect(await clock.run(updateAt(410))).toMatchObject({ waitedMs: 0 });
    expect(Math.max(...waits(await clock.run(Promise.all(batch))))).toBe(0);
  });

  it('expects others while they come, and for 250 ms after the last one', async () => {
    const { clock, every, gathering } = setUp();
    const expects: [number, boolean][] = [];
    for (const at of [100, 500, 1000, 1200, 1201]) {
      clock.at(at, () => expects.push([at, gathering.othersCome]));
    }
    await clock.run(Promise.all(every(50, 20)));
    expect(expects).toEqual([
      [100, false],
      [500, true],
      [1000, true],
      [1200, true],
      [1201, false],
    ]);
  });

  it('waits for nobody after a second in which none came', async () => {
    const { clock, every, updateAt } = setUp();
    const before = every(50, 20);
    const late = updateAt(19 * 50 + 1001);
    expect(await clock.run(late)).toMatchObject({ waitedMs: 0 });
    await clock.run(Promise.all(before));
  });

  it('begins earlier for somebody who has little time, and takes the others along', async () => {
    const { clock, every, updateAt } = setUp();
    const before = every(100, 10);
    const opening = updateAt(1010);
    const hasty = updateAt(1050, { leftMs: 300 });
    const [first, last] = await clock.run(Promise.all([opening, hasty]));
    expect(last).toEqual({ cameAt: 1050, beganAt: 1080, waitedMs: 30 });
    expect(first.beganAt).toBe(1080);
    await clock.run(Promise.all(before));
  });

  it('begins earlier for somebody who has little time and follows another one, too', async () => {
    const { clock, every, updateAt } = setUp();
    const before = every(100, 10);
    const batch = [updateAt(1010), updateAt(1011, { follows: true, leftMs: 300 })];
    const [first, last] = await clock.run(Promise.all(batch));
    expect([first?.beganAt, last?.waitedMs]).toEqual([1041, 30]);
    await clock.run(Promise.all(before));
  });

  it.each([
    ['those before it are written', 100, 300],
    ['the last one of a batch is written', 120, 360],
  ])(
    'begins three times as long after %s as that has taken, also where nobody else comes',
    async (_, longestMs, waitMs) => {
      const lastOf = (world: ReturnType<typeof setUp>, ms: number) => [
        ...world.every(100, 10),
        world.updateAt(901),
        world.updateAt(901, { follows: true, ownMs: longestMs }),
        world.updateAt(ms),
      ];
      // When the last group begins, and when it does once more.
      const [first, second] = [setUp({ takesMs: 100 }), setUp({ takesMs: 100 })];
      const before = await first.clock.run(Promise.all(lastOf(first, 5000)));
      const beganAt = before.at(-2)?.beganAt ?? 0;
      const after = await second.clock.run(Promise.all(lastOf(second, beganAt + 20)));
      expect(after.at(-1)?.beganAt).toBe(beganAt + longestMs + waitMs);
    },
  );

  it('soon serves two at once who go on when the crowd is over', async () => {
    const { clock, every, twoLoops } = setUp();
    await clock.run(Promise.all(every(30, 60)));
    const loops = await clock.run(twoLoops(60));
    expect(Math.max(...loops.map((all) => averageWait(all.slice(-30))))).toBeLessThan(50);
  });

  it('does not take a few that come by chance for all there are', async () => {
    const { clock, updateAt } = setUp({ takesMs: 100 });
    const random = seededRandom(5);
    const all: Promise<Timed>[] = [];
    for (let at = 0; at < 20_000; at -= (Math.log(1 - random()) * 1000) / 14)
      all.push(updateAt(at));
    // A group takes 350 ms, so that 57 would be the fewest.
    expect(groups(await clock.run(Promise.all(all)))).toBeLessThanOrEqual(64);
  });

  it('lets somebody who is cancelled go at once, and the others wait', async () => {
    const { clock, every, updateAt } = setUp();
    const cancelling = new AbortController();
    const before = every(100, 10);
    const other = updateAt(1010);
    const one = updateAt(1020, { cancelled: cancelling.signal });
    // The one that has left is none of those who are there.
    const next = updateAt(1040);
    clock.at(1030, () => {
      cancelling.abort();
    });
    expect(await clock.run(one)).toMatchObject({ beganAt: 1030 });
    expect((await clock.run(other)).beganAt).toBeGreaterThan(1100);
    expect((await clock.run(next)).beganAt).toBeGreaterThan(1100);
    await clock.run(Promise.all(before));
    expect(clock.pending).toBe(0);
  });

  it('listens to a cancellation only while it waits', async () => {
    const { clock, every, updateAt } = setUp();
    const before = every(100, 10);
    const { signal } = new AbortController();
    const listening: number[] = [];
    for (const at of [1050, 1900]) {
      clock.at(at, () => listening.push(getEventListeners(signal, 'abort').length));
    }
    await clock.run(Promise.all([...before, updateAt(1010, { cancelled: signal })]));
    await clock.run(clock.sleep(1000));
    expect(listening).toEqual([1, 0]);
  });

  it('is of use for a second after the last update, in which a crowd may go on', async () => {
    const { clock, gathering, updateAt } = setUp();
    await clock.run(updateAt(300));
    expect(gathering.usefulUntil).toBe(1300);
  });
});
