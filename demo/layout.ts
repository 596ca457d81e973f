import { stripVTControlCharacters } from 'node:util';

import { paint, WIDTH } from './screen';

/** A cell of a table: plain text, or text with a colour. */
export type Cell = string | readonly [style: Parameters<typeof paint>[0], text: string];

const INDENT = '  ';
const GAP = '  ';

/** Lines of a table whose first column is aligned left and whose others are aligned right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => textOf(row[column]).length)),
  );
  const line = (cells: readonly Cell[]) =>
    INDENT + cells.map((cell, column) => aligned(cell, widths[column] ?? 0, column)).join(GAP);
  return [line(head.map((title) => ['dim', title])), ...rows.map(line)];
}

/** Entries after a label, in as many lines as they need. */
export function labelled(label: string, labelWidth: number, entries: readonly string[]): string[] {
  return wrap(entries, GAP, WIDTH - INDENT.length - labelWidth).map(
    (text, index) => INDENT + paint('dim', (index === 0 ? label : '').padEnd(labelWidth)) + text,
  );
}

/** A text of any length, in as many lines as it needs; what leads the first one indents the others. */
export function paragraph(text: string, lead = ''): string[] {
  return wrap(text.split(' '), ' ', WIDTH - lead.length).map(
    (line, index) => (index === 0 ? lead : ' '.repeat(lead.length)) + line,
  );
}

function wrap(parts: readonly string[], gap: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : line + gap + part;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = part;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** Colours take no room. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

function aligned(cell: Cell, width: number, column: number): string {
  const text = textOf(cell);
  const padded = column === 0 ? text.padEnd(width) : text.padStart(width);
  return typeof cell === 'string' ? padded : paint(cell[0], padded);
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : (cell?.[1] ?? '');
}
