import type { Change, Reads, Snapshot, Verdict } from '../core';
import { type Attributes, valuesOf, type WireAttributes } from './attributes';
import type { WriteMethod } from './write-method';

/** What a participant holds, as far as an update is concerned. */
export interface ParticipantState {
  readonly participantId: string;
  readonly writeMethod: WriteMethod;
  /** All attributes, those included that were accepted but cannot be seen yet. */
  readonly attributes: Attributes;
  /** What the read itself showed, each attribute in the shape it came in. */
  readonly wire: WireAttributes;
  /** Without versions: the attributes that this process was the last to set, as far as reads tell. */
  readonly ours?: Attributes;
  readonly externalContactId: string | null;
  /** Set where the external contact is to be written too; left alone otherwise. */
  readonly writesExternalContact?: true;
}

/** What to do about an attribute that somebody else set to another value after our first read. */
export type ConflictPolicy = 'overwrite' | 'keepTheirs' | 'fail';

/** When to write. */
export type Condition =
  | { readonly kind: 'always' }
  /** Each attribute only where it is missing or empty. */
  | { readonly kind: 'onlyIfMissing' }
  /** The whole change only where these attributes have these values; an empty one means "missing". */
  | { readonly kind: 'onlyIfEquals'; readonly expected: Attributes };

/** What the user wants. */
export interface WantedAttributes {
  readonly set: Attributes;
  readonly remove: ReadonlySet<string>;
  readonly externalContactId?: string;
  readonly conflictPolicy: ConflictPolicy;
  readonly condition: Condition;
}

/** What an update did to single attributes; `null` stands for an attribute that is not there. */
export interface AttributeReport {
  readonly changed: ReadonlyMap<
    string,
    { readonly from: string | null; readonly to: string | null }
  >;
  /** Attributes left to others, by policy or condition. */
  readonly kept: ReadonlyMap<
    string,
    { readonly wanted: string | null; readonly found: string | null }
  >;
  readonly externalContactId?: string;
}

/**
 * Sets and removes single attributes and leaves all others as they are. An attribute that is empty
 * counts as removed.
 */
export function attributeChange(
  wanted: WantedAttributes,
): Change<ParticipantState, AttributeReport> {
  return {
    idempotent: true,
    apply: ({ state }, read, written) => applyTo(state, read, written, wanted),
    shown: (report, { state }) => shownOf(report, state),
    merge,
  };
}

/** Lays what differs between `from` and `to` over a state, where that still is as in `from`. */
export function rebase(
  state: ParticipantState,
  { attributes: from, externalContactId: linked }: ParticipantState,
  { attributes: to, externalContactId }: ParticipantState,
): ParticipantState {
  const attributes = new Map(state.attributes);
  for (const name of new Set([...from.keys(), ...to.keys()])) {
    const before = from.get(name) ?? '';
    const after = to.get(name) ?? '';
    if (before !== after && (attributes.get(name) ?? '') === before) attributes.set(name, after);
  }
  return {
    ...state,
    attributes,
    ...(sameContact(state.externalContactId, linked) && { externalContactId }),
  };
}

/** IDs of external contacts are the same in capitals. */
export function sameContact(one: string | null, other: string | null): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}

function shownOf(report: AttributeReport, state: ParticipantState): 'all' | 'part' | 'nothing' {
  const signs = [...report.changed].map(
    ([name, { to }]) => (state.attributes.get(name) ?? '') === (to ?? ''),
  );
  if (report.externalContactId !== undefined) {
    signs.push(sameContact(report.externalContactId, state.externalContactId));
  }
  if (signs.every(Boolean)) return 'all';
  return signs.some(Boolean) ? 'part' : 'nothing';
}

/** From where the first write found an attribute to where the last one left it. */
function merge(earlier: AttributeReport, later: AttributeReport): AttributeReport {
  const changed = new Map(earlier.changed);
  for (const [name, { from, to }] of later.changed) {
    const before = changed.get(name);
    changed.set(name, { from: before ? before.from : from, to });
  }
  for (const name of later.kept.keys()) changed.delete(name);
  const externalContactId = later.externalContactId ?? earlier.externalContactId;
  return {
    changed,
    kept: later.kept,
    ...(externalContactId !== undefined && { externalContactId }),
  };
}

function applyTo(
  state: ParticipantState,
  { first, now }: Reads<ParticipantState>,
  written: AttributeReport | undefined,
  { set, remove, externalContactId, conflictPolicy, condition }: WantedAttributes,
): Verdict<ParticipantState, AttributeReport> {
  if (externalContactId !== undefined && state.writeMethod === 'patch') {
    return {
      kind: 'refused',
      reason:
        '"External Contact ID" cannot be set here: this organization has no versioned participants, and its API for attributes takes nothing else.',
    };
  }
  const surprise =
    condition.kind === 'onlyIfEquals' && unexpected(state, condition.expected, written);
  if (surprise) return { kind: 'refused', reason: surprise };

  const attributes = new Map(state.attributes);
  const changed = new Map<string, { from: string | null; to: string | null }>();
  const kept = new Map<string, { wanted: string | null; found: string | null }>();
  for (const [name, to] of [...set, ...[...remove].map((name) => [name, null] as const)]) {
    const from = state.attributes.get(name) ?? null;
    if (from === to || (to === null && from === '')) continue;
    // What we have written, and a lane-mate has set since, is not ours to write again.
    if (written?.changed.has(name) && state.ours?.get(name) === (from ?? '')) continue;
    if (condition.kind === 'onlyIfMissing' && to !== null && (from ?? '') !== '') {
      kept.set(name, { wanted: to, found: from });
      continue;
    }
    // To another value than ours, and another than it had.
    const theirs = ![valueIn(first, name), to ?? ''].includes(valueIn(now, name));
    if (theirs && conflictPolicy === 'fail') {
      return {
        kind: 'refused',
        reason: from
          ? `Somebody else set "${name}" to "${from}" meanwhile.`
          : `Somebody else removed "${name}" meanwhile.`,
      };
    }
    if (theirs && conflictPolicy === 'keepTheirs') {
      kept.set(name, { wanted: to, found: from });
      continue;
    }
    changed.set(name, { from, to });
    if (to === null) attributes.delete(name);
    else attributes.set(name, to);
  }

  const linksContact =
    externalContactId !== undefined && !sameContact(externalContactId, state.externalContactId);
  const report = { changed, kept, ...(linksContact && { externalContactId }) };
  if (changed.size === 0 && !linksContact) {
    const seen = valuesOf(state.wire);
    const names = [...set.keys(), ...remove];
    return {
      kind: 'unchanged',
      report,
      unseen: names.some((name) => (seen.get(name) ?? '') !== (state.attributes.get(name) ?? '')),
    };
  }
  return {
    kind: 'write',
    next: {
      ...state,
      attributes,
      externalContactId: externalContactId ?? state.externalContactId,
      ...(externalContactId !== undefined && { writesExternalContact: true }),
    },
    report,
  };
}

function valueIn({ state }: Snapshot<ParticipantState>, name: string): string {
  return state.attributes.get(name) ?? '';
}

/** What is not as expected, as a sentence. */
function unexpected(
  { attributes }: ParticipantState,
  expected: Attributes,
  written: AttributeReport | undefined,
): string | undefined {
  for (const [name, value] of expected) {
    // What we have written ourselves stands where another value was expected.
    if (written?.changed.has(name)) continue;
    const found = attributes.get(name) ?? null;
    if ((found ?? '') !== value) {
      return `The condition is not met: "${name}" is ${quoted(found)}, not ${quoted(value)}.`;
    }
  }
  return undefined;
}

function quoted(value: string | null): string {
  return value === null || value === '' ? 'missing' : `"${value}"`;
}
