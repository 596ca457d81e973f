import type { Section, Table } from './section';

/** Where and when the figures were measured. */
export interface Circumstances {
  readonly quick: boolean;
  readonly date: string;
  readonly machine: string;
  readonly seconds: number;
}

/** The results as Markdown. */
export function report(sections: readonly Section[], circumstances: Circumstances): string {
  const { quick, date, machine, seconds } = circumstances;
  const checks = sections.flatMap(({ title, checks: all }) =>
    all.map(({ goal, measured, met }) => [title, goal, measured, met ? 'met' : '**missed**']),
  );
  const met = checks.filter(([, , , outcome]) => outcome === 'met').length;
  return [
    '# Results of the benchmark',
    `Measured on ${date} in ${seconds.toFixed(0)} s on ${machine}, by \`npm run bench${quick ? ' -- --quick' : ''}\`.`,
    '![Writes per commit and makespan of a herd](herd.svg)',
    '## Goals',
    `${met} of ${checks.length} are met.`,
    markdown(['section', 'goal', 'measured', 'outcome'], checks),
    ...sections.flatMap(({ title, intro, tables, notes = [] }) => [
      `## ${title}`,
      intro,
      ...tables.map(tabled),
      notes.map((note) => `- ${note}`).join('\n'),
    ]),
  ].join('\n\n');
}

function tabled({ title, columns, rows }: Table): string {
  return `### ${title}\n\n${markdown(columns, rows)}`;
}

function markdown(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
