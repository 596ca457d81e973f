import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';

import { onAbort, SharedListeners, systemClock } from '../../core';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('Whoever waits for a signal to abort together with others', () => {
  const shared = new SharedListeners();
  const onAbort = shared.onAbort.bind(shared);

  it('shares one listener with all others, and all are told', () => {
    const abort = new AbortController();
    const told: number[] = [];
    for (let index = 0; index < 100; index++) onAbort(abort.signal, () => told.push(index));
    expect(listeners(abort.signal)).toBe(1);
    abort.abort();
    expect(told).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(listeners(abort.signal)).toBe(0);
  });

  it('is told at once where it has aborted already', () => {
    let told = 0;
    onAbort(AbortSignal.abort(), () => told++)();
    expect(told).toBe(1);
  });

  it('is not told any more once it has left, and the last one leaves no listener behind', () => {
    const abort = new AbortController();
    const told: string[] = [];
    const tell = () => told.push('twice');
    const [leave, other] = [onAbort(abort.signal, tell), onAbort(abort.signal, tell)];
    leave();
    leave();
    expect(listeners(abort.signal)).toBe(1);
    other();
    expect(listeners(abort.signal)).toBe(0);
    onAbort(abort.signal, () => told.push('later'));
    abort.abort();
    expect(told).toEqual(['later']);
  });

  it('may leave while others are told', () => {
    const abort = new AbortController();
    const told: string[] = [];
    onAbort(abort.signal, () => {
      told.push('first');
      leave();
    });
    const leave = onAbort(abort.signal, () => told.push('second'));
    abort.abort();
    expect(told).toEqual(['first']);
  });

  it('needs no signal', () => {
    expect(() => {
      onAbort(undefined, () => undefined)();
    }).not.toThrow();
  });
});

describe('Whoever sleeps with a signal together with others', () => {
  it('shares one listener with all others, and leaves none', async () => {
    const abort = new AbortController();
    const shared = new SharedListeners();
    const sleep = () => shared.sleep(systemClock, 20, abort.signal);
    const sleeps = Array.from({ length: 1000 }, sleep);
    expect(listeners(abort.signal)).toBe(1);
    await Promise.all(sleeps);
    expect(listeners(abort.signal)).toBe(0);
  });

  it('is woken when it aborts, also where it has aborted already', async () => {
    const abort = new AbortController();
    const shared = new SharedListeners();
    const from = performance.now();
    const sleep = shared.sleep(systemClock, 20_000, abort.signal);
    abort.abort();
    await expect(sleep).rejects.toThrow('abort');
    await expect(shared.sleep(systemClock, 20_000, abort.signal)).rejects.toThrow('abort');
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});

describe('Whoever waits for a signal to abort alone', () => {
  it('is told once, and leaves no listener behind', () => {
    const abort = new AbortController();
    let told = 0;
    onAbort(abort.signal, () => told++);
    onAbort(abort.signal, () => told++)();
    expect(listeners(abort.signal)).toBe(1);
    abort.abort();
    expect([told, listeners(abort.signal)]).toEqual([1, 0]);
  });

  it('is told at once where it has aborted already, and needs no signal', () => {
    let told = 0;
    onAbort(AbortSignal.abort(), () => told++)();
    onAbort(undefined, () => told++)();
    expect(told).toBe(1);
  });
});
