import type { UpdateResult } from '../../core';
import {
  type AttributeNote,
  isConditional,
  type WantedAttributes,
} from '../../genesys/stores/attribute-change';
import type { AttributesRaw } from '../../genesys/stores/participant-parts';
import type { HintKind } from './hints';

/** What a person should know of an item that has set or removed attributes. */
export function attributeHints(
  { condition }: Pick<WantedAttributes, 'condition'>,
  { changed, note, snapshot: { parts, raw } }: UpdateResult<AttributesRaw, AttributeNote>,
): readonly HintKind[] {
  const hints: HintKind[] = [];
  if (isConditional(condition)) {
    if (raw.writeMethod === 'patch') hints.push('conditionWithoutVersion');
  } else if (condition.kind === 'onlyIfEquals') {
    hints.push('nothingExpected');
  }
  if (note.kept.size > 0) hints.push('valuesKept');
  // By PATCH an empty text is all that can be written; under a version a server may merge.
  const isEmptied = [...changed].some(
    ([part, { to }]) => to === null && (raw.writeMethod === 'patch' || parts.get(part) === ''),
  );
  if (isEmptied) hints.push('removedIsEmpty');
  return hints;
}
