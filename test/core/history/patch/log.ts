import type { Fault } from '../fault';
import { Timeline } from '../journal';
import type { Content } from '../operation';

/** A PATCH or a stranger's write that has taken effect. */
export interface Applied {
  readonly moment: number;
  readonly atMs: number;
  readonly record: string;
  /** In the order in which the record took them; what it held at first is 0. */
  readonly place: number;
  /** Whose token it came with; `null` for the world outside. */
  readonly client: string | null;
  readonly request: SentPatch | undefined;
  /** What it set; a name that it removed is ''. */
  readonly values: Content;
  /** What the record held after it, and who had brought it about. */
  readonly holds: ReadonlyMap<string, Held>;
}

/** What a record holds of one name. */
export interface Held {
  readonly value: string;
  readonly by: Pick<Applied, 'atMs' | 'client' | 'moment' | 'place'>;
}

/** A request that a client's store has sent. */
export interface SentPatch {
  readonly moment: number;
  readonly atMs: number;
  readonly client: string;
  readonly record: string;
  /** What it was to set; a read has none. */
  readonly values?: Content;
  readonly fault?: Fault | undefined;
  /** A reply of success that has reached its client; that to a read shows what there was at one time. */
  answer?: { readonly moment: number; readonly atMs: number; readonly shows?: Applied };
  /** Any other end, as a text. */
  failure?: { readonly moment: number; readonly atMs: number; readonly message: string };
}

type Cause = Pick<Applied, 'atMs' | 'client' | 'request'> & Partial<Pick<Applied, 'moment'>>;

/** All that a server without versions knows. */
export class PatchLog extends Timeline {
  readonly applied: Applied[] = [];
  readonly requests: SentPatch[] = [];

  /** Notes what has taken effect. */
  note(
    record: string,
    values: Content,
    { atMs, client, request, moment = this.moment() }: Cause,
  ): Applied {
    const before = this.applied.findLast((one) => one.record === record);
    const by = { moment, atMs, client, place: (before?.place ?? -1) + 1 };
    const holds = new Map(before?.holds);
    for (const [name, value] of Object.entries(values)) holds.set(name, { value, by });
    const applied = { ...by, record, request, values, holds };
    this.applied.push(applied);
    return applied;
  }
}

/** What a record holds of a name; one that is missing is ''. */
export function heldOf({ holds, ...first }: Applied, name: string): Held {
  return holds.get(name) ?? { value: '', by: { ...first, atMs: 0, client: null, place: 0 } };
}

/** All that it holds. */
export function contentOf({ holds }: Applied): Content {
  const values = [...holds].map(([name, { value }]) => [name, value] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}
