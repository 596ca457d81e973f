/** So much a message shows of a text that is not ours, such as a value, a name or the server's words. */
const LONGEST = 200;

/** A text as a message shows it: what is too much is left out, and how much that is is said. */
export function excerpt(text: string): string {
  return cut(text, (shown) => shown);
}

/** The same in quotes. */
export function quoted(text: string): string {
  return cut(text, (shown) => `"${shown}"`);
}

function cut(text: string, dress: (shown: string) => string): string {
  if (text.length <= LONGEST) return dress(text);
  // Half of a character would be none.
  const end = /[\ud800-\udbff]/.test(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
  const left = (text.length - end).toLocaleString('en-US');
  return `${dress(`${text.slice(0, end)}…`)} (${left} characters more)`;
}
