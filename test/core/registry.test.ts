import { describe, expect, it } from '@jest/globals';

import { Registry } from '../../core/registry';
import { VirtualClock } from './virtual-clock';

function setUp() {
  const clock = new VirtualClock();
  const registry = new Registry<{ readonly usefulUntil: number; readonly name: string }>(clock);
  const acquire = (name: string, usefulUntil = 0) =>
    registry.acquire(name, () => ({ name, usefulUntil }));
  /** Uses a value for a moment. */
  const use = (name: string, usefulUntil = 0) => {
    const value = acquire(name, usefulUntil);
    registry.release(name);
    return value;
  };
  const names = () => registry.values.map(({ name }) => name);
  return { acquire, clock, names, registry, use };
}

describe('A value', () => {
  it('is the same for all who use it at the same time, and is kept until the last has left', () => {
    const { acquire, names, registry } = setUp();
    expect(acquire('one')).toBe(acquire('one'));
    registry.release('one');
    expect(names()).toEqual(['one']);
    registry.release('one');
    expect(names()).toEqual([]);
  });

  it('is kept for as long as it is useful, and leaves no timer behind', async () => {
    const { clock, names, use } = setUp();
    use('one', 100);
    await clock.run(clock.sleep(99));
    expect(names()).toEqual(['one']);
    await clock.run(clock.sleep(1));
    expect([names(), clock.pending]).toEqual([[], 0]);
  });

  it('is not forgotten while it is used once more', async () => {
    const { acquire, clock, names, use } = setUp();
    const first = use('one', 100);
    expect(acquire('one')).toBe(first);
    await clock.run(clock.sleep(200));
    expect([names(), clock.pending]).toEqual([['one'], 0]);
  });

  it('that nobody has used is not forgotten either way', () => {
    const { names, registry } = setUp();
    registry.release('one');
    expect(names()).toEqual([]);
  });
});

describe('Of more than 10,000 values that nobody uses', () => {
  const useAll = ({ use }: ReturnType<typeof setUp>, from: number, to: number) => {
    for (let index = from; index < to; index++) use(`${index}`, 100);
  };

  it('only the latest are kept, and the timers of the others are ended', () => {
    const world = setUp();
    useAll(world, 0, 10_001);
    expect(world.names()).toHaveLength(10_000);
    expect(world.names()[0]).toBe('1');
    useAll(world, 10_001, 10_003);
    expect(world.names()[0]).toBe('3');
    expect(world.clock.pending).toBe(10_000);
  });

  it('those count that were used last, and none that is in use', () => {
    const world = setUp();
    useAll(world, 0, 2);
    world.acquire('in use', 100);
    world.use('0', 100);
    useAll(world, 2, 10_001);
    expect(world.names().slice(0, 3)).toEqual(['0', 'in use', '2']);
  });

  it('those do not count whose time was up', async () => {
    const world = setUp();
    useAll(world, 0, 10_000);
    await world.clock.run(world.clock.sleep(100));
    expect(world.names()).toEqual([]);
    for (let index = 0; index < 10_000; index++) world.use(`later ${index}`, 300);
    expect(world.names()).toHaveLength(10_000);
  });
});
