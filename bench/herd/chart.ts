import type { Estimate } from '../model/statistics';
import type { Peer } from '../model/pacer';
import * as peers from '../model/peers';
import type { Series } from '../model/series';
import { type Crowd, of } from './index';

/** Mid-tone colours, readable on light and on dark. */
const LINES: readonly { readonly peer: Peer; readonly colour: string; readonly width: number }[] = [
  { peer: peers.none, colour: '#8c8c8c', width: 1.5 },
  { peer: peers.full, colour: '#d9822b', width: 1.5 },
  { peer: peers.decorrelated, colour: '#b65fcf', width: 1.5 },
  { peer: peers.versionGap, colour: '#2a9d8f', width: 1.5 },
  { peer: peers.adaptive, colour: '#2f80ed', width: 3.5 },
];
const INK = '#808080';
const WIDTH = 440;
const HEIGHT = 300;
const PANELS = [
  {
    title: 'writes per commit',
    figure: ({ writes }: Series): Estimate => writes,
    ticks: [1, 2, 5, 10, 20, 50],
  },
  {
    title: 'makespan (ms)',
    figure: ({ makespanMs }: Series): Estimate => makespanMs,
    ticks: [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000],
  },
] as const;

/** Writes and makespan by the size of the herd, both axes logarithmic. */
export function herdChart(crowds: readonly Crowd[]): string {
  const several = crowds.filter(({ writers }) => writers > 1);
  const panels = PANELS.map(
    (panel, index) =>
      `<g transform="translate(${60 + index * (WIDTH + 60)} 40)">${plot(panel, several)}</g>`,
  );
  const legend = LINES.map(({ peer, colour, width }, index) => {
    const x = 60 + index * 190;
    return (
      `<path d="M${x} 400h28" stroke="${colour}" stroke-width="${width}"/>` +
      `<text x="${x + 36}" y="405" fill="${colour}">${peer.name}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1020 425" font-family="sans-serif" font-size="14" fill="none">`,
    '<title>Writes per commit and makespan of a herd, by strategy</title>',
    ...panels,
    ...legend,
    '</svg>\n',
  ].join('\n');
}

function plot({ title, figure, ticks }: (typeof PANELS)[number], crowds: readonly Crowd[]): string {
  const writers = crowds.map((crowd) => crowd.writers);
  const x = scale(Math.min(...writers), Math.max(...writers), 0, WIDTH);
  const values = crowds.flatMap(({ results }) =>
    LINES.map(({ peer }) => figure(of(results, peer)).mean),
  );
  const bottom = Math.max(...ticks.filter((tick) => tick <= Math.min(...values)));
  const top = Math.max(...values);
  const y = scale(bottom, top, HEIGHT, 0);
  const parts = [`<text x="0" y="-14" fill="${INK}" font-weight="bold">${title}</text>`];
  for (const tick of ticks.filter((value) => value >= bottom && value <= top)) {
    parts.push(
      `<path d="M0 ${y(tick)}h${WIDTH}" stroke="${INK}" stroke-opacity="0.3"/>`,
      `<text x="-8" y="${y(tick)}" dy="5" text-anchor="end" fill="${INK}">${tick}</text>`,
    );
  }
  for (const count of writers) {
    parts.push(
      `<text x="${x(count)}" y="${HEIGHT + 20}" text-anchor="middle" fill="${INK}">${count}</text>`,
    );
  }
  parts.push(
    `<text x="${WIDTH}" y="${HEIGHT + 40}" text-anchor="end" fill="${INK}">writers that start together</text>`,
  );
  for (const { peer, colour, width } of LINES) {
    const points = crowds.map((crowd) => {
      const { mean } = figure(of(crowd.results, peer));
      return `${x(crowd.writers)} ${y(mean)}`;
    });
    parts.push(
      `<path d="M${points.join('L')}" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"/>`,
    );
  }
  return parts.join('\n');
}

/** Logarithmic, rounded to a tenth of a pixel. */
function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  return (value) => {
    const share = Math.log(value / from) / Math.log(to / from);
    return Math.round(10 * (start + share * (end - start))) / 10;
  };
}
