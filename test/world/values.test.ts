import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { rows, simulatorForEachTest } from '../engine/set-up';
import { attributesAfter, complaints } from './refused';

const simulator = simulatorForEachTest();

const fields = (value: unknown): IDataObject => ({ attributes: rows({ due: value }) });
const json = (attributesJson: string): IDataObject => ({ inputMode: 'json', attributesJson });

/** The same value in a row, and in an object for JSON. */
const bothWays = (value: string): [string, IDataObject][] => [
  ['Fields', fields(`={{ ${value} }}`)],
  ['JSON', json(`={{ ({ due: ${value} }) }}`)],
];

describe.each<[string, string, string]>([
  ['A Date', 'new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6))', '2026-01-02T03:04:05.006Z'],
  [
    'A DateTime',
    'DateTime.fromISO("2026-01-02T03:04:05.006+02:00", { setZone: true })',
    '2026-01-02T03:04:05.006+02:00',
  ],
  ['A number without bounds', '12345678901234567890n', '12345678901234567890'],
])('%s', (_, value, written) => {
  it.each(bothWays(value))('becomes its text in %s', async (__, parameters) => {
    expect(await attributesAfter(simulator.current, parameters)).toEqual({ due: written });
  });
});

describe.each<[string, string, string]>([
  ['An invalid Date', 'new Date("x")', 'an invalid Date'],
  ['An invalid DateTime', 'DateTime.fromISO("x")', 'an invalid DateTime'],
  ['NaN', '0 / 0', 'NaN'],
  ['An infinite number', '-1 / 0', '-Infinity'],
])('%s', (_, value, what) => {
  it.each(bothWays(value))('is refused as that in %s', async (__, parameters) => {
    const [said] = await complaints(simulator.current, parameters);
    expect(said).toContain(`Attribute "due" is ${what}, which is no value.`);
    expect(said).not.toContain('stringify');
  });
});

describe('An object or list', () => {
  it.each([...bothWays('{ a: 1 }'), ...bothWays('[1]'), ...bothWays('$now.diff($now)')])(
    'is refused with the advice to make a text of it, in %s',
    async (_, parameters) => {
      expect((await complaints(simulator.current, parameters))[0]).toContain('JSON.stringify()');
    },
  );
});

describe('A text', () => {
  it('that reads like a value gone wrong is written, if it is not one', async () => {
    const after = await attributesAfter(
      simulator.current,
      {
        attributes: rows({
          fixed: 'Invalid DateTime',
          given: '={{ $json.text }}',
          nan: '={{ "NaN" }}',
        }),
      },
      { text: 'Invalid DateTime' },
    );
    expect(after).toEqual({ fixed: 'Invalid DateTime', given: 'Invalid DateTime', nan: 'NaN' });
  });
});
