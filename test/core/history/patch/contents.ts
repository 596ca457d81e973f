import type { Snapshot } from '../../../../core';
import type { Content } from '../operation';

/** What a snapshot holds. */
export function contentIn({ parts }: Pick<Snapshot<null>, 'parts'>): Content {
  return Object.fromEntries([...parts].filter(([, value]) => value !== ''));
}

/** What is to be written; a name that is removed is ''. */
export function changesIn(before: Content, after: Content): Content {
  const names = Object.keys({ ...before, ...after });
  const changed = names.filter((name) => (before[name] ?? '') !== (after[name] ?? ''));
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? '']));
}
