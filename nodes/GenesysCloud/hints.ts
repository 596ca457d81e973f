import type { IExecuteFunctions } from 'n8n-workflow';

/** What there is to say, by how many items it is about. */
const MESSAGES = {
  conversationEnded: (items: number) =>
    `${items === 1 ? 'The conversation has ended' : `The conversations of ${items} items have ended`}: it was written all the same, but analytics keeps nothing that is set after the end.`,
  participantLeft: (items: number) =>
    `${items === 1 ? 'The participant has left the call' : `The participants of ${items} items have left their calls`}: it was written all the same. With Only If Connected such an update is refused.`,
  superseded: (items: number) =>
    `${items === 1 ? 'One item was' : `${items} items were`} accepted, but somebody else wrote to the same attributes at about the same time, and what they wrote stands: see "superseded".`,
  altered: (items: number) =>
    `Genesys Cloud stores some values of ${items === 1 ? 'one item' : `${items} items`} otherwise than they were sent: see "altered".`,
  othersGone: (items: number) =>
    `Attributes that ${items === 1 ? 'one item' : `${items} items`} did not touch were there before the write, and are missing now. Unless somebody else has removed them, the server does not merge what is patched but replaces all attributes with it: then do not write there by Patch.`,
  conflictsWon: (items: number) =>
    `${items === 1 ? 'One item' : `${items} items`} met other writers (409), and got through: nothing of theirs was lost.`,
  valuesKept: (items: number) =>
    `${items === 1 ? 'One item' : `${items} items`} left attributes as others had set them: see "kept".`,
  fieldsKept: (items: number) =>
    `${items === 1 ? 'One item' : `${items} items`} left fields as others had set them: see "kept".`,
  removedIsEmpty: () =>
    'Removed attributes are there with an empty text: Genesys Cloud has no way to delete them here.',
  listCut: () =>
    'Genesys Cloud lists only a part of the conversations of a queue that has so many. Name fewer queues, or use the source History.',
  conditionWithoutVersion: () =>
    'The condition was best effort: here attributes are written without a version, so somebody else may have written between the read and the write.',
  nothingExpected: (items: number) =>
    `${items === 1 ? 'One item has' : `${items} items have`} no condition: "Only If Equals" is chosen, but nothing stands in "Expected Attributes", an option of its own.`,
  countedWithoutVersion: () =>
    'Counted or appended without a version: that is exact among the updates of this n8n process as long as nobody else writes the attribute.',
  fixedBraces: () =>
    'A text with {{ }} in it was taken as it is, because its field is on Fixed. Where n8n is to fill in the braces, switch the field to Expression.',
  valuesSkipped: (items: number) =>
    `${items === 1 ? 'One item' : `${items} items`} had no value for some attributes, which were left alone (Missing Values: Skip).`,
};

export type HintKind = keyof typeof MESSAGES;

/** What a person should know of a run beside its items. It is said above the output, once for each kind. */
export class Hints {
  private readonly items = new Map<HintKind, number>();

  /** Something that is so with one more item. */
  add(kind: HintKind): void {
    this.items.set(kind, (this.items.get(kind) ?? 0) + 1);
  }

  show(context: IExecuteFunctions): void {
    const hints = [...this.items].map(([kind, items]) => ({
      message: MESSAGES[kind](items),
      location: 'outputPane' as const,
    }));
    if (hints.length > 0) context.addExecutionHints(...hints);
  }
}
