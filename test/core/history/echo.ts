import type { Snapshot } from '../flat';
import type { Echo } from './fault';
import type { Commit } from './journal';
import type { Content } from './operation';

export function snapshotOf({ content, version }: Commit): Snapshot<Content> {
  return { state: content, version };
}

/** What a reply to a write shows that does not show all of it. */
export function partialEcho(
  echo: Echo,
  { content, version }: Commit,
  base: Snapshot<Content>,
): Snapshot<Content> {
  switch (echo) {
    case 'nothing':
      return { state: {}, version };
    case 'changes':
      return {
        state: Object.fromEntries(
          Object.entries(content).filter(([name, value]) => base.state[name] !== value),
        ),
        version,
      };
    case 'before':
      return { state: base.state, version };
    case 'before, at its version':
      return base;
  }
}
