import type { IDataObject } from 'n8n-workflow';

import type { Altered, Snapshot, Superseded, UpdateResult } from '../../../core';
import { valueOf } from '../../../genesys/conversations/attribute-value';
import type { AttributeNote, WantedAttributes } from '../../../genesys/stores/attribute-change';
import type { SingleAttribute } from '../../../genesys/stores/single-attribute';
import {
  type AttributesRaw,
  byAttribute,
  CONTACT_PART,
} from '../../../genesys/stores/participant-parts';
import type { AttributeRequest } from '../parameters/request';

/** What was asked for, as far as it matters for what comes out. */
export type Asked = Pick<AttributeRequest, 'returns'> & {
  readonly wanted?: Pick<WantedAttributes, 'remove' | 'externalContactId'>;
};

type Result = UpdateResult<AttributesRaw, AttributeNote>;

/** What there is to say of attributes that were updated, wherever they are: the outcome, what became of a single one, and all else. */
export function toldOfAttributes(
  { returns, wanted }: Asked,
  {
    altered: alteredParts = new Map(),
    superseded: supersededParts = new Map(),
    changed: delta,
    note: { kept, single },
    outcome,
    snapshot,
  }: Result,
): {
  readonly outcome: Result['outcome'];
  readonly single: IDataObject;
  readonly attributes: IDataObject;
} {
  const changed = new Map(byAttribute(delta));
  const altered = new Map(byAttribute(alteredParts));
  const superseded = new Map(byAttribute(supersededParts));
  // What is missing was not changed to anything.
  for (const [name, { stored }] of altered) if (stored === null) changed.delete(name);
  // What we had written may have been overwritten since, and then been left to those who did.
  for (const name of kept.keys()) changed.delete(name);
  const isLeft = changed.size === 0 && altered.size === 0 && superseded.size === 0;
  const isAllKept = isLeft && kept.size > 0 && !delta.has(CONTACT_PART);
  return {
    outcome: isAllKept ? 'unchanged' : outcome,
    single: single ? { ...single, value: standsOf(single, { altered, superseded }) } : {},
    attributes: {
      changed: shown(changed, ({ from, to }) => ({ from: valueOrNull(from), to: valueOrNull(to) })),
      ...(returns === 'everything' && {
        attributes: shownAttributes(snapshot, wanted?.remove),
      }),
      ...(kept.size > 0 && {
        kept: shown(kept, (left) => ({ wanted: left.wanted, found: valueOrNull(left.found) })),
      }),
      ...(altered.size > 0 && {
        altered: shown(altered, (sent) => ({
          wanted: sent.wanted,
          stored: valueOrNull(sent.stored),
        })),
      }),
      ...(superseded.size > 0 && {
        superseded: shown(superseded, (lost) => ({
          written: lost.written,
          found: valueOrNull(lost.found),
        })),
      }),
    },
  };
}

/**
 * Attributes as they come out.
 *
 * @param removed where nothing can be removed, an empty text stands for what is not there
 */
export function shownAttributes(
  { parts, raw: { wire } }: Pick<Snapshot<AttributesRaw>, 'parts' | 'raw'>,
  removed: ReadonlySet<string> = new Set(),
): IDataObject {
  const values = [...byAttribute(parts)].flatMap(([name, text]) => {
    if (text !== '') return [[name, valueOf(text)] as const];
    // Another system's null counts as empty, but is none.
    const isNull = Object.hasOwn(wire, name) && wire[name] === null;
    return removed.has(name) ? [] : [[name, isNull ? null : ''] as const];
  });
  return Object.fromEntries(values) as IDataObject;
}

/** What the attribute is now: where others have written it, or Genesys Cloud stores it otherwise, that. */
function standsOf(
  { attribute, value }: SingleAttribute,
  {
    altered,
    superseded,
  }: {
    readonly altered: ReadonlyMap<string, Altered>;
    readonly superseded: ReadonlyMap<string, Superseded>;
  },
): string | null {
  const lost = superseded.get(attribute);
  if (lost) return lost.found;
  const other = altered.get(attribute);
  return other ? other.stored : value;
}

function shown<Value>(
  entries: Iterable<readonly [name: string, value: Value]>,
  show: (value: Value) => unknown,
): IDataObject {
  return Object.fromEntries(
    [...entries].map(([name, value]) => [name, show(value)]),
  ) as IDataObject;
}

function valueOrNull(text: string | null): unknown {
  return text === null ? null : valueOf(text);
}
