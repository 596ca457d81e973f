import { type Delta, type Parts, textOf } from './parts';

/** A text is taken for the beginning of another one only from this length on. */
const SHORTEST_CUT = 128;

const NORMAL_FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;

/**
 * Whether a stored text is another form of the one that was sent: without the space around it, cut
 * off at the end, or with the same characters in other code points. Any other text is somebody else's.
 */
export function isFormOf(sent: string, stored: string): boolean {
  if (stored === '' || stored === sent) return false;
  const isCut = stored.length >= SHORTEST_CUT;
  return [sent, ...NORMAL_FORMS.map((form) => sent.normalize(form))]
    .flatMap((text) => [text, text.trim(), text.trimStart(), text.trimEnd()])
    .some((form) => form === stored || (isCut && form.startsWith(stored)));
}

/** What a record shows of a change, each text in the form that the server has given it; not what was there before. */
export function inStoredForms(delta: Delta, before: Parts, seen: Parts): Delta {
  return new Map(
    [...delta].map(([name, change]) => {
      const text = textOf(seen, name);
      const isStored = text !== textOf(before, name) && isFormOf(change.to ?? '', text);
      return [name, isStored ? { ...change, to: text } : change];
    }),
  );
}
