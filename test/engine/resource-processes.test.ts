import { randomUUID } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import type { CustomContent, ResourceKind } from '../../simulator';
import type { RecordSettings, ResourceProcessSettings, Told } from './resource-process';
import { stranger } from './resource-runs';
import { runProcesses } from './run-processes';
import { simulatorForEachTest } from './set-up';

const simulator = simulatorForEachTest({ latencyMs: 20 });

/** What each of two processes sets. */
const NAMES = ['p', 'q'].map((process) =>
  Array.from({ length: 10 }, (_, index) => `${process}${index}`),
);
const ALL_NAMES = NAMES.flat();

/** What two processes are told that set their names in the same records at once: all that is told of each. */
async function toldOf(
  records: readonly RecordSettings[],
  onBegin?: () => void,
): Promise<(readonly Told[])[]> {
  const { clientId, clientSecret, url } = simulator.current;
  const settings = NAMES.map((names): ResourceProcessSettings => ({
    clientId,
    clientSecret,
    url,
    records,
    names,
  }));
  const more = onBegin && { onBegin };
  const told = (await runProcesses('resource-process.ts', settings, more)) as Told[][][];
  return records.map((_, index) => told.flatMap((byRecord) => byRecord[index] ?? []));
}

/** All of what was told: that it was written. */
const WRITTEN = ALL_NAMES.map(() => 'written');

describe('Two processes with ten updates each of one resource, beside a stranger', () => {
  it.each<[ResourceKind, 'PUT' | 'PATCH']>([
    ['groups', 'PUT'],
    ['users', 'PATCH'],
  ])(
    'lose nothing of anybody: %s',
    async (kind, method) => {
      const resource = simulator.current.addResource(kind, { fields: { description: 'x' } });
      let stop = () => 0;
      const target = { kind, method, path: resource.path };
      const [told = []] = await toldOf([{ resource: target }], () => {
        stop = stranger(resource, 25);
      });
      const strangers = Array.from({ length: stop() }, (_, index) => `stranger${index}`);
      expect(told.map(({ outcome }) => outcome)).toEqual(WRITTEN);
      expect(Object.keys(resource.fields)).toEqual(
        expect.arrayContaining([...ALL_NAMES, ...strangers]),
      );
      expect(strangers.length).toBeGreaterThan(0);
    },
    90_000,
  );
});

describe('Two processes with ten updates each of one record that is there and of one that is to be made', () => {
  /** Looks at what became of a record, of which nothing may be lost. */
  function expectWhole(
    told: readonly Told[] = [],
    commits: readonly { readonly by: string; readonly version: number }[] = [],
    values: object = {},
  ) {
    expect(told.map(({ outcome }) => outcome)).toEqual(WRITTEN);
    expect(Object.keys(values)).toEqual(expect.arrayContaining(ALL_NAMES));
    // Whoever wrote last was told the version that stands.
    expect(Math.max(...told.map(({ version }) => version ?? NaN))).toBe(commits.at(-1)?.version);
    const written = commits.filter(({ by }) => by === 'api');
    expect(written.length).toBeGreaterThan(1);
    expect(written.length).toBeLessThan(ALL_NAMES.length);
  }

  it('lose nothing: secure attributes', async () => {
    const calls = [
      simulator.current.addCall({ secureAttributes: { lang: 'de' } }),
      simulator.current.addCall(),
    ];
    const told = await toldOf(
      calls.map(({ conversationId }) => ({ secureAttributes: conversationId })),
    );
    for (const [index, { secure }] of calls.entries()) {
      expectWhole(told[index], secure.commits, secure.attributes);
    }
    expect(calls[0]?.secure.attributes).toHaveProperty('lang', 'de');
  }, 90_000);

  it('lose nothing: custom attributes', async () => {
    const there = randomUUID();
    const toBeMade = randomUUID();
    const schemaId = randomUUID();
    const content: CustomContent = {
      values: { lang: 'de' },
      divisions: [randomUUID()],
      schemaId,
    };
    const { conversationId, customRecords } = simulator.current.addCall({
      customAttributes: { [there]: content },
    });
    const told = await toldOf(
      [there, toBeMade].map((recordId) => ({
        customAttributes: { conversationId, recordId, schemaId },
      })),
    );
    for (const [index, id] of [there, toBeMade].entries()) {
      const { commits, content: now } = customRecords.get(id) ?? {};
      expectWhole(told[index], commits, now?.values);
    }
    expect(customRecords.get(there)?.content).toMatchObject({ ...content, values: { lang: 'de' } });
  }, 90_000);
});
