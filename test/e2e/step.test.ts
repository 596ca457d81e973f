import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { step } from '../../e2e/application/step';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('says what begins, that it goes on, and how long it has taken', async () => {
  const told: string[] = [];
  const work = Promise.withResolvers<string>();
  const done = step(
    (line) => told.push(line),
    'Compiling: a minute',
    () => work.promise,
  );
  await jest.advanceTimersByTimeAsync(34_000);
  work.resolve('result');
  expect(await done).toBe('result');
  expect(told).toEqual(['Compiling: a minute …', '  … 15 s', '  … 30 s', '  done after 34 s']);
  expect(jest.getTimerCount()).toBe(0);
});

it('does not say that it is done where it fails', async () => {
  const told: string[] = [];
  const failing = step(
    (line) => told.push(line),
    'Compiling',
    () => Promise.reject(new Error('no compiler')),
  );
  await expect(failing).rejects.toThrow('no compiler');
  expect(told).toEqual(['Compiling …']);
  expect(jest.getTimerCount()).toBe(0);
});
