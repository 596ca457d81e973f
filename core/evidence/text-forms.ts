import { type Delta, type Parts, textOf } from '../parts';

/** A text is taken for the beginning of another one only from this length on. */
const SHORTEST_CUT = 128;

const NORMAL_FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;

/**
 * Whether a stored text is another form of the one that was sent: without the space around it, cut
 * off at the end, or with the same characters in other code points. Any other text is somebody else's.
 */
export function isFormOf(sent: string, stored: string): boolean {
  if (stored === '' || stored === sent) return false;
  const isLong = stored.length >= SHORTEST_CUT;
  return formsOf(sent).some((form) => form === stored || (isLong && form.startsWith(stored)));
}

/**
 * The same, but for what is cut off. That may as well be what somebody else has written, where a text
 * grows, so it tells nothing of a write without an answer.
 */
export function isWholeFormOf(sent: string, stored: string): boolean {
  return stored !== '' && stored !== sent && formsOf(sent).includes(stored);
}

function formsOf(sent: string): readonly string[] {
  return [sent, ...NORMAL_FORMS.map((form) => sent.normalize(form))].flatMap((text) => [
    text,
    text.trim(),
    text.trimStart(),
    text.trimEnd(),
  ]);
}

/**
 * What a record shows of a change, each text in the form that the server has given it; not what was there before.
 *
 * @param isForm which forms are taken for the server's
 */
export function inStoredForms(
  delta: Delta,
  { before, seen }: { readonly before: Parts; readonly seen: Parts },
  isForm: typeof isFormOf,
): Delta {
  return new Map(
    [...delta].map(([name, change]) => {
      const text = textOf(seen, name);
      const { to } = change;
      const isStored = to !== null && text !== textOf(before, name) && isForm(to, text);
      return [name, isStored ? { ...change, to: text } : change];
    }),
  );
}
