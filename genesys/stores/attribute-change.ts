import {
  type Change,
  isSameText,
  isSetByOthers,
  type PartChange,
  textOf,
  type Verdict,
  type View,
} from '../../core';
import { readable } from '../conversations/attribute-value';
import { spelt } from '../conversations/ids';
import { quoted } from '../transport/excerpt';
import { attributePart, type AttributesRaw, CONTACT_PART } from './participant-parts';
import type { SingleAttribute } from './single-attribute';

/** Attribute values by name. A map, because names such as `__proto__` are data like any other. */
export type Attributes = ReadonlyMap<string, string>;

/** What to do about an attribute that somebody else set to another value after our first read. */
export type ConflictPolicy = 'overwrite' | 'keepTheirs' | 'fail';

/** When to write. */
export type Condition =
  | { readonly kind: 'always' }
  /** Each attribute only where it is missing or empty. */
  | { readonly kind: 'onlyIfMissing' }
  /** The whole change only where these attributes have these values; an empty one means "missing". */
  | {
      readonly kind: 'onlyIfEquals';
      readonly expected: Attributes;
      /** Whether it is refused elsewhere, which is the default, or nothing is done. */
      readonly ifNotMet?: 'fail' | 'skip';
    };

/** Whether it depends on what is there. A condition that compares nothing is none. */
export function isConditional(condition: Condition): boolean {
  return condition.kind === 'onlyIfEquals'
    ? condition.expected.size > 0
    : condition.kind === 'onlyIfMissing';
}

/** What the user wants. */
export interface WantedAttributes {
  readonly set: Attributes;
  readonly remove: ReadonlySet<string>;
  readonly externalContactId?: string;
  readonly conflictPolicy: ConflictPolicy;
  readonly condition: Condition;
  /** Set where a refusal must tell no value. */
  readonly areSecret?: true;
}

/** An attribute left to others, by policy or condition; `null` stands for one that is not there. */
export interface KeptAttribute {
  readonly wanted: string | null;
  readonly found: string | null;
}

/** What an update has to tell beside what it changed: above all the attributes left to others, by name. */
export interface AttributeNote {
  readonly kept: ReadonlyMap<string, KeptAttribute>;
  /** Where the update was about a single one: what became of it. */
  readonly single?: SingleAttribute;
}

type AttributesView = View<AttributesRaw>;

/**
 * Sets and removes single attributes and leaves all others as they are. An attribute that is empty
 * counts as removed.
 */
export function attributeChange<Raw extends AttributesRaw>(
  wanted: WantedAttributes,
): Change<Raw, AttributeNote> {
  const conditional = isConditional(wanted.condition);
  return { idempotent: true, conditional, apply: (view) => applyTo(view, wanted) };
}

function applyTo(view: AttributesView, wanted: WantedAttributes): Verdict<AttributeNote> {
  const { condition, externalContactId } = wanted;
  if (condition.kind === 'onlyIfEquals') {
    const surprises = unexpected(view, condition.expected);
    const [surprise] = surprises;
    if (surprise && condition.ifNotMet === 'skip') return skipped(view, wanted, surprises);
    if (surprise) return { kind: 'refused', reason: notMet(surprise, wanted) };
  }

  const delta = new Map<string, PartChange>();
  const kept = new Map<string, KeptAttribute>();
  const names: string[] = [];
  const unseen = new Map<string, PartChange>();
  for (const [name, to] of wishes(wanted)) {
    const part = attributePart(name);
    names.push(part);
    // Somebody else's value is not what a companion has written over it, or is about to write.
    const theirs = view.theirs.get(part) ?? view.read.get(part) ?? null;
    switch (decide(view, part, to, wanted)) {
      case 'leave':
        if (isUnseen(view, part, to) && isPlain(wanted)) unseen.set(part, { from: to, to });
        break;
      case 'keep':
        kept.set(name, { wanted: to, found: view.parts.get(part) ?? null });
        break;
      case 'keepTheirs':
        kept.set(name, { wanted: to, found: theirs });
        break;
      case 'refuse':
        return { kind: 'refused', reason: setMeanwhile(name, theirs, wanted) };
      case 'renew':
        delta.set(part, { from: textOrNull(view.alternative(part)), to });
        break;
      case 'write':
        delta.set(part, { from: view.parts.get(part) ?? null, to });
    }
  }
  // Where attributes are patched, the contact takes a request of its own.
  const isPatched = view.raw.writeMethod === 'patch';
  const contact = isPatched ? undefined : externalContactId && spelt(externalContactId);
  if (contact !== undefined && contact !== textOf(view.parts, CONTACT_PART)) {
    delta.set(CONTACT_PART, { from: view.parts.get(CONTACT_PART) ?? null, to: contact });
  }
  if (delta.size === 0) return { kind: 'unchanged', note: { kept }, restsOn: names };
  // What was set before and is not seen yet may have been overwritten. In the same request it costs nothing.
  return { kind: 'write', delta: new Map([...unseen, ...delta]), note: { kept } };
}

/** Whether one is there only because another update has set it, which no read shows yet. */
function isUnseen(view: AttributesView, part: string, to: string | null): boolean {
  const { parts, written } = view;
  return view.isUnseen(part) && !written.has(part) && isSameText(textOf(parts, part), to);
}

/** Whether it writes whatever others have written. */
function isPlain({ condition, conflictPolicy }: WantedAttributes): boolean {
  return conflictPolicy === 'overwrite' && !isConditional(condition);
}

function* wishes({
  set,
  remove,
}: WantedAttributes): Generator<readonly [name: string, to: string | null]> {
  yield* set;
  for (const name of remove) yield [name, null];
}

/** What to do about one attribute: write it, also where a read that cannot be relied on shows it, leave it as it is, keep what is there or theirs, or refuse all. */
function decide(
  view: AttributesView,
  part: string,
  to: string | null,
  wanted: WantedAttributes,
): 'write' | 'renew' | 'leave' | 'keep' | 'keepTheirs' | 'refuse' {
  const { condition, conflictPolicy } = wanted;
  const from = view.parts.get(part) ?? null;
  if (from === to || (to === null && from === '')) {
    // To write it once more does no harm; to believe a read that may be behind would.
    const isSure = (view.alternative(part) ?? to ?? '') === (to ?? '');
    return isPlain(wanted) && !isSure ? 'renew' : 'leave';
  }
  // What we have written, and a companion has set since, is not ours to write again.
  if (view.written.has(part) && view.isOurs(part)) return 'leave';
  if (condition.kind === 'onlyIfMissing' && to !== null && (from ?? '') !== '') return 'keep';
  if (conflictPolicy === 'overwrite' || !isSetByOthers(view, part, to)) return 'write';
  return conflictPolicy === 'fail' ? 'refuse' : 'keepTheirs';
}

/** The attributes that are not as expected, by name. */
function unexpected(
  { parts, written }: AttributesView,
  expected: Attributes,
): (readonly [name: string, KeptAttribute])[] {
  return [...expected].flatMap(([name, wanted]) => {
    const part = attributePart(name);
    // What we have written ourselves stands where another value was expected.
    if (written.has(part) || textOf(parts, part) === wanted) return [];
    return [[name, { wanted, found: parts.get(part) ?? null }] as const];
  });
}

function setMeanwhile(
  name: string,
  theirs: string | null,
  { areSecret }: WantedAttributes,
): string {
  if (!theirs) return `Somebody else removed ${quoted(name)} meanwhile.`;
  return areSecret
    ? `Somebody else set ${quoted(name)} to another value meanwhile.`
    : `Somebody else set ${quoted(name)} to ${quoted(readable(theirs))} meanwhile.`;
}

function notMet(
  [name, { wanted, found }]: readonly [string, KeptAttribute],
  { areSecret }: WantedAttributes,
): string {
  if (areSecret) return `The condition is not met: ${quoted(name)} is not as expected.`;
  return `The condition is not met: ${quoted(name)} is ${shown(found ?? '')}, not ${shown(wanted ?? '')}.`;
}

/** Nothing to do, since the condition is not met: with what was found of all that it was about. */
function skipped(
  { parts }: AttributesView,
  wanted: WantedAttributes,
  surprises: readonly (readonly [string, KeptAttribute])[],
): Verdict<AttributeNote> {
  const kept = new Map(surprises);
  for (const [name, to] of wishes(wanted)) {
    const found = parts.get(attributePart(name)) ?? null;
    if ((found ?? '') !== (to ?? '')) kept.set(name, { wanted: to, found });
  }
  return { kind: 'unchanged', note: { kept }, restsOn: [...kept.keys()].map(attributePart) };
}

function textOrNull(text = ''): string | null {
  return text === '' ? null : text;
}

function shown(value: string): string {
  return value === '' ? 'missing' : quoted(readable(value));
}
