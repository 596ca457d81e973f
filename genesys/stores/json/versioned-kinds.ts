import { isUuid } from '../../conversations/ids';
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
  /** Whether what it holds may stand in no message. */
  readonly isSecret?: boolean;
}

/** All that there are, in the order of their names. `versioned-kinds.json` says where they come from. */
export const versionedKinds = kinds as readonly VersionedKind[];

/** The kind that is written so, its IDs filled in or not. */
export function kindWrittenBy(method: string, path: string): VersionedKind | undefined {
  return versionedKinds.find((kind) => kind.method === method && isOf(kind, path));
}

function isOf({ otherIds = [], path: pattern }: VersionedKind, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  const isId = (segment: string, name: string | undefined) =>
    name !== undefined && (isUuid(segment) || otherIds.includes(name));
  return (
    wanted.length === given.length &&
    given.every((segment, index) => {
      const expected = wanted[index] ?? '';
      return segment === expected || isId(segment, /^\{(\w+)\}$/.exec(expected)?.[1]);
    })
  );
}
