import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';

import { systemClock } from '../../core';

describe('The clock of the machine', () => {
  it('sleeps for so many milliseconds', async () => {
    const from = systemClock.now();
    await systemClock.sleep(30);
    expect(systemClock.now() - from).toBeGreaterThanOrEqual(28);
  });

  it('is woken by a signal', async () => {
    const from = systemClock.now();
    const abort = new AbortController();
    const sleep = systemClock.sleep(20_000, abort.signal);
    abort.abort();
    await expect(sleep).rejects.toThrow('abort');
    expect(systemClock.now() - from).toBeLessThan(10_000);
  });

  it('leaves no timer behind where it is woken by a signal', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout');
    const abort = new AbortController();
    const before = timers().length;
    const sleep = systemClock.sleep(20_000, abort.signal);
    expect(timers()).toHaveLength(before + 1);
    abort.abort();
    await expect(sleep).rejects.toThrow('abort');
    expect(timers()).toHaveLength(before);
  });

  it('leaves no listener on a signal', async () => {
    const abort = new AbortController();
    const listeners = () => getEventListeners(abort.signal, 'abort').length;
    const sleep = systemClock.sleep(20, abort.signal);
    expect(listeners()).toBe(1);
    await sleep;
    expect(listeners()).toBe(0);
  });

  it('lets what is ready happen before the next turn', async () => {
    const happened: string[] = [];
    setImmediate(() => happened.push('ready'));
    await systemClock.turn();
    await systemClock.turn();
    expect(happened).toEqual(['ready']);
  });

  it('does something later, unless that is called off', async () => {
    const done: string[] = [];
    systemClock.later(5, () => done.push('wanted'));
    const callOff = systemClock.later(5, () => done.push('called off'));
    callOff();
    await systemClock.sleep(50);
    expect(done).toEqual(['wanted']);
  });
});
