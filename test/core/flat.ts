import {
  type Admission,
  type Change as CoreChange,
  type Delta,
  Lanes as CoreLanes,
  type Parts,
  type RequestLimits,
  type Snapshot as CoreSnapshot,
  type Store as CoreStore,
  type UpdatePolicy,
  type UpdateResult as CoreResult,
  type Target,
} from '../../core';
import { apply, difference } from '../../core/parts';
import type { LaneOptions, Surroundings } from '../../core/update-types';

/** A record of values by name. Tests are easier to read in terms of whole records than of deltas. */
export type Flat = Readonly<Record<string, number | string>>;

export interface Snapshot<State> {
  readonly state: State;
  readonly version: number | null;
}

export interface TimedSnapshot<State> {
  readonly snapshot: Snapshot<State>;
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface Receipt<State> {
  readonly snapshot?: Snapshot<State>;
  readonly accepted?: true;
}

/** A store that is given the whole record to write. */
export interface Store<State> {
  readonly versioned: boolean;
  readonly admission?: Admission;
  read(limits: RequestLimits): Promise<Snapshot<State>>;
  write(next: State, base: Snapshot<State>, limits: RequestLimits): Promise<Receipt<State>>;
  leftUndone?(stored: Snapshot<State>): boolean;
}

export type Verdict<State, Report> =
  | { readonly kind: 'unchanged'; readonly report: Report; readonly restsOn?: readonly string[] }
  | { readonly kind: 'write'; readonly next: State; readonly report: Report }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Reads<State> {
  readonly first: { readonly state: State };
  readonly now: { readonly state: State };
  readonly theirs: Flat;
}

/** A change that says what the whole record is to be. */
export interface Change<State, Report> {
  readonly idempotent: boolean;
  readonly conditional?: boolean;
  apply(
    base: { readonly state: State },
    read: Reads<State>,
    written: Partial<State> | undefined,
  ): Verdict<State, Report>;
}

export interface Located<State> {
  readonly key: string;
  readonly record?: string;
  readonly store: Store<State>;
  readonly seen?: TimedSnapshot<State>;
  readonly waitedMs?: number;
}

export type UpdateResult<State, Report> = Omit<CoreResult<null, Report>, 'note' | 'snapshot'> & {
  readonly report: Report;
  readonly snapshot: Snapshot<State>;
};

/** Values as texts; an empty string is a value, too. */
export function partsOf(state: Flat): Parts {
  return new Map(Object.entries(state).map(([name, value]) => [name, JSON.stringify(value)]));
}

export function stateOf(parts: Parts): Flat {
  return Object.fromEntries(
    [...parts].map(([name, text]) => [name, JSON.parse(text) as number | string]),
  );
}

function valuesOf(delta: Delta): Flat | undefined {
  if (delta.size === 0) return undefined;
  const after = new Map<string, string>();
  apply(after, delta);
  return stateOf(after);
}

/** A snapshot as the core knows it. */
export function coreSnapshot({ state, version }: Snapshot<Flat>): CoreSnapshot<null> {
  return { parts: partsOf(state), version, raw: null };
}

function coreStore<State extends Flat>(store: Store<State>): CoreStore<null> {
  return {
    get versioned() {
      return store.versioned;
    },
    ...(store.admission && { admission: store.admission }),
    read: async (limits) => coreSnapshot(await store.read(limits)),
    leftUndone: (_, { parts, version }) =>
      store.leftUndone?.({ state: stateOf(parts) as State, version }) ?? false,
    write: async (delta, { parts, version }, limits) => {
      const next = new Map(parts);
      apply(next, delta);
      const base = { state: stateOf(parts) as State, version };
      const { snapshot, ...receipt } = await store.write(stateOf(next) as State, base, limits);
      return { ...receipt, ...(snapshot && { snapshot: coreSnapshot(snapshot) }) };
    },
  };
}

function coreChange<State extends Flat, Report>(
  change: Change<State, Report>,
): CoreChange<null, Report> {
  return {
    idempotent: change.idempotent,
    conditional: change.conditional ?? false,
    apply: ({ parts, read, first, theirs, written }) => {
      const verdict = change.apply(
        { state: stateOf(parts) as State },
        {
          first: { state: stateOf(first) as State },
          now: { state: stateOf(read) as State },
          theirs: stateOf(new Map([...theirs].map(([name, text]) => [name, text || '""']))),
        },
        valuesOf(written) as Partial<State> | undefined,
      );
      switch (verdict.kind) {
        case 'refused':
          return verdict;
        case 'unchanged':
          return { kind: 'unchanged', note: verdict.report, restsOn: verdict.restsOn ?? [] };
        case 'write':
          return {
            kind: 'write',
            delta: difference(parts, partsOf(verdict.next)),
            note: verdict.report,
          };
      }
    },
  };
}

/** The lanes of the core, for flat records. */
export class Lanes<State extends Flat, Report> {
  private readonly lanes: CoreLanes<null, Report>;

  constructor(options: Surroundings & Partial<LaneOptions>) {
    this.lanes = new CoreLanes(options);
  }

  get size(): number {
    return this.lanes.size;
  }

  async update(
    locate: (
      ...limits: Parameters<Parameters<CoreLanes<null, Report>['update']>[0]>
    ) => Promise<Located<State>>,
    change: Change<State, Report>,
    policy: UpdatePolicy,
    signal?: AbortSignal,
    target?: Target,
  ): Promise<UpdateResult<State, Report>> {
    const { note, snapshot, ...result } = await this.lanes.update(
      async (limits) => {
        const { seen, store, ...located } = await locate(limits);
        return {
          ...located,
          store: coreStore(store),
          ...(seen && {
            seen: { ...seen, snapshot: coreSnapshot(seen.snapshot) },
          }),
        };
      },
      coreChange(change),
      policy,
      signal,
      target,
    );
    const { parts, version } = snapshot;
    return { ...result, report: note, snapshot: { state: stateOf(parts) as State, version } };
  }
}
