import { expect } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Simulator } from '../../simulator';
import { bodies } from './bodies';

/** Fewer than an update has attempts: on a busy machine, each may come between a read and the write after it. */
const STRANGER_WRITES = 8;

/** The record that they write to. */
interface Contested {
  /** One of them sets a name, and gives the item that comes out. */
  readonly set: (name: string) => Promise<IDataObject>;
  /** Somebody else sets one; `false` while there is nothing to set it in. */
  readonly setByOthers: (name: string) => boolean;
  readonly values: () => object;
  readonly commits: () => readonly { readonly by: string }[];
}

/** Lets thirty executions set a name each in one record, beside a stranger who does so a few times: nothing is lost of anybody. */
export async function expectNothingLost(
  simulator: Simulator,
  { commits, set, setByOthers, values }: Contested,
): Promise<void> {
  simulator.latencyMs = 30;
  const theirs: string[] = [];
  const timer = setInterval(() => {
    const name = `stranger${theirs.length}`;
    if (theirs.length < STRANGER_WRITES && setByOthers(name)) theirs.push(name);
  }, 40);
  const names = Array.from({ length: 30 }, (_, index) => `a${index}`);
  const outcomes = await Promise.all(names.map(set));
  clearInterval(timer);
  expect(outcomes.map(({ error, outcome }) => error ?? outcome)).toEqual(
    names.map(() => 'written'),
  );
  expect(Object.keys(values())).toEqual(expect.arrayContaining([...names, ...theirs]));
  expect(theirs.length).toBeGreaterThan(0);
  const { length: applied } = commits().filter(({ by }) => by === 'api');
  expect(bodies(simulator).length).toBeLessThan(15);
  // Nobody but the stranger comes between a read of theirs and the write after it.
  expect(bodies(simulator).length - applied).toBeLessThanOrEqual(theirs.length);
}
