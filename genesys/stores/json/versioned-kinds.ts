import { kinds } from './versioned-kinds.json';

/** Something of the platform that is written under a version. */
export interface VersionedKind {
  /** For people. */
  readonly name: string;
  readonly method: 'PUT' | 'PATCH';
  /** With the names of its IDs in braces. */
  readonly path: string;
  /** Which IDs in the path may be something else than a UUID; default none. */
  readonly otherIds?: readonly string[];
  /** Whether the body must name the ID as well. */
  readonly sendsId?: boolean;
  /** Whether a PATCH is merged in at any depth, whatever the version is. */
  readonly mergesInside?: boolean;
}

/** All that there are, in the order of their names. `versioned-kinds.json` says where they come from. */
export const versionedKinds = kinds as readonly VersionedKind[];

/** The kind that is written so, its IDs filled in or not. */
export function kindWrittenBy(method: string, path: string): VersionedKind | undefined {
  return versionedKinds.find((kind) => kind.method === method && isOf(kind.path, path));
}

function isOf(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) => segment.startsWith('{') || segment === given[index])
  );
}
