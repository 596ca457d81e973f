import type { Change, PartChange } from '../../../core';
import type { AttributeNote } from '../../../genesys/stores/attribute-change';
import { type ParticipantRaw, partsOf } from '../../../genesys/stores/participant-parts';
import type { SingleAttribute } from '../../../genesys/stores/single-attribute';
import type { WriteMethod } from '../../../genesys/stores/write-method';
import { verdictOn } from './wishes';

/** Where a change meets a participant that holds `text` in its attribute `a`, beside others. */
export interface Circumstances {
  readonly text: string | null;
  readonly writeMethod?: WriteMethod;
  /** What the update has written of it already. */
  readonly written?: PartChange;
}

/** What a change makes of the attribute `a`: its new text, that it stays, or why it is refused. */
export function madeOf(
  change: Change<ParticipantRaw, AttributeNote>,
  { text, writeMethod = 'versioned', written }: Circumstances,
): { readonly ends: string; readonly single?: SingleAttribute } {
  const attributes = { other: 'theirs', ...(text !== null && { a: text }) };
  const raw = { participantId: 'p', writeMethod, wire: attributes, standing: {} };
  const verdict = verdictOn({ parts: partsOf(attributes), raw }, change, {
    ...(written && { written: new Map([['a', written]]) }),
  });
  if (verdict.kind === 'refused') return { ends: `refused: ${verdict.reason}` };
  const { single } = verdict.note;
  if (verdict.kind === 'unchanged') return { ends: 'unchanged', ...(single && { single }) };
  const changed = [...verdict.delta].map(([name, { from, to }]) => `${name}: ${from} → ${to}`);
  return { ends: changed.join(', '), ...(single && { single }) };
}
