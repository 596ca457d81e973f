import type { Verdict, View } from '../../core';
import type { AttributeNote } from './attribute-change';
import { readable } from '../conversations/attribute-value';
import { attributePart, type ParticipantRaw } from './participant-parts';

/** What became of the one attribute that an update was about. */
export interface SingleAttribute {
  readonly attribute: string;
  /** What it is now. */
  readonly value: string;
  /** What it was before; `null` where it was missing. */
  readonly previous: string | null;
}

/**
 * What to do where writes have no version: then two who count or append at once lose a step, unseen.
 */
export type WithoutVersion = 'refuse' | 'bestEffort';

/** How what is done to the attribute is called in a message. */
interface Words {
  readonly done: string;
  readonly toDo: string;
}

/** The refusal to write without a version, where it is to be refused. */
export function refusedWithoutVersion(
  { raw }: View<ParticipantRaw>,
  withoutVersion: WithoutVersion,
  { done, toDo }: Words,
): Verdict<AttributeNote> | undefined {
  if (raw.writeMethod !== 'patch' || withoutVersion === 'bestEffort') return undefined;
  return {
    kind: 'refused',
    reason: `Nothing was ${done}: attributes are written without a version here, so what another system writes at the same time could get lost, and nobody would see it. To ${toDo} all the same, choose "Best Effort" under "Without a Version": that is exact among the updates of this n8n process as long as nobody else writes this attribute.`,
  };
}

/**
 * The verdict where the update itself has written already, in a write that left something undone of
 * what its companions wanted: it must not write twice, whatever others have made of it since.
 */
export function doneBefore(
  { written }: View<ParticipantRaw>,
  attribute: string,
): Verdict<AttributeNote> | undefined {
  const own = written.get(attributePart(attribute));
  if (!own) return undefined;
  const single = {
    attribute,
    value: readable(own.to ?? ''),
    previous: own.from === null ? null : readable(own.from),
  };
  return { kind: 'unchanged', note: { kept: new Map(), single }, restsOn: [] };
}
