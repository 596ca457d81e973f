import { randomUUID } from 'node:crypto';

/** A queue, or somebody who answers calls. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Who and what there is besides calls. */
export interface Organisation {
  readonly queues: readonly Named[];
  readonly users: readonly Named[];
}

export const DEFAULT_QUEUES = ['Claims', 'Sales', 'Support'];
export const DEFAULT_USERS = ['Ada Lovelace', 'Grace Hopper', 'Katherine Johnson'];

/** By name, as the platform sorts them. */
export function organisationOf(queues: readonly string[], users: readonly string[]): Organisation {
  const named = (names: readonly string[]) =>
    names.toSorted((one, other) => one.localeCompare(other)).map(withId);
  return { queues: named(queues), users: named(users) };
}

function withId(name: string): Named {
  return { id: randomUUID(), name };
}

export function emailOf({ name }: Named): string {
  return `${name.toLowerCase().replaceAll(' ', '.')}@example.com`;
}
