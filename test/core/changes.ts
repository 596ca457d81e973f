import { expect } from '@jest/globals';

import { UpdateError } from '../../core';
import { type Change } from './flat';
import type { Content } from './model-record';

/** Sets values. */
export function set(wanted: Content): Change<Content, Content> {
  return {
    idempotent: true,
    apply: ({ state }) =>
      Object.entries(wanted).every(([name, value]) => state[name] === value)
        ? { kind: 'unchanged', report: {} }
        : { kind: 'write', next: { ...state, ...wanted }, report: wanted },
  };
}

/** Adds one, so that applying it twice shows. */
export const increment: Change<Content, number> = {
  idempotent: false,
  apply: ({ state }) => {
    const count = (state['count'] ?? 0) + 1;
    return { kind: 'write', next: { ...state, count }, report: count };
  },
};

/** How an update fails. */
export async function failureOf(task: Promise<unknown>): Promise<UpdateError> {
  const error = await task.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UpdateError);
  return error as UpdateError;
}
