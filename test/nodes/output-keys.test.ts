import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { IDataObject, IExecuteFunctions, INode } from 'n8n-workflow';

import { failedItem } from '../../nodes/failure/failure';
import { participantOutcome } from '../../nodes/GenesysCloud/outcomes/participant';
import { InvalidParameter } from '../../nodes/parameters/invalid-parameter';

const OURS = 'n8n-nodes-genesys-cloud.genesysCloud';
const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const examples = readdirSync(join(root, 'examples')).map((name) => `examples/${name}`);
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', 'CHANGELOG.md', ...docs.map((name) => `docs/${name}`)];

/** The item of an update that has something to say of everything. */
const written = participantOutcome(
  {
    conversationId: 'c',
    wanted: { remove: new Set(), externalContactId: 'x' },
    returns: 'everything',
  },
  {
    outcome: 'written',
    changed: new Map(),
    altered: new Map([['a', { wanted: '1', stored: '2' }]]),
    note: {
      kept: new Map([['b', { wanted: '1', found: '2' }]]),
      single: { attribute: 'a', value: '2', previous: null },
    },
    snapshot: {
      version: 1,
      parts: new Map(),
      raw: { participantId: 'p', writeMethod: 'versioned', wire: {}, standing: {} },
    },
    attempts: 1,
    conflicts: 0,
    batchSize: 1,
    waitedMs: 0,
    elapsedMs: 0,
  },
  {},
);

function failed(onError: INode['onError']): IDataObject {
  const context: Pick<IExecuteFunctions, 'continueOnFail' | 'getNode'> = {
    continueOnFail: () => true,
    getNode: () => ({ onError }) as INode,
  };
  const error = new InvalidParameter('Conversation ID', 'It is none.');
  return failedItem(context as IExecuteFunctions, error, { itemIndex: 0 }).json;
}

const continued = failed('continueRegularOutput');
const branched = failed('continueErrorOutput');
const keysOf = (value: unknown) => Object.keys(value as object);
const detailKeys = [written, continued].flatMap(({ details }) => keysOf(details));

interface Workflow {
  readonly nodes: readonly { readonly name: string; readonly type: string }[];
  readonly connections: Readonly<
    Record<string, { readonly main?: readonly (readonly { readonly node: string }[])[] }>
  >;
}

/** What the nodes right behind ours read of an item, by the output that they hang on. */
function readBehind({ nodes, connections }: Workflow): (readonly [number, string])[] {
  return nodes
    .filter(({ type }) => type === OURS)
    .flatMap(({ name }) => connections[name]?.main ?? [])
    .flatMap((targets, output) =>
      targets.flatMap(({ node }) => {
        const text = JSON.stringify(nodes.find(({ name }) => name === node));
        return [...text.matchAll(/\$json\??\.(\w+)/g)].map(
          ([, key = '']) => [output, key] as const,
        );
      }),
    );
}

describe('What is read of an item that comes out of the node', () => {
  it('by expressions behind it in the examples is there', () => {
    const allRead = examples.flatMap((path) => readBehind(JSON.parse(read(path)) as Workflow));
    expect(allRead.length).toBeGreaterThan(4);
    for (const [output, key] of allRead) {
      expect(keysOf(output === 0 ? { ...written, ...continued } : branched)).toContain(key);
    }
  });

  it('by lists of keys in the examples is there', () => {
    const lists = examples.flatMap((path) => [
      ...read(path).matchAll(/\.results\.map\(\(\{ ([\w, ]+) \}\)/g),
    ]);
    expect(lists).toHaveLength(1);
    for (const key of lists.flatMap(([, keys = '']) => keys.split(', '))) {
      expect(keysOf({ ...written, ...continued })).toContain(key);
    }
  });

  it.each([...pages, ...examples])('in its details is there: %s', (path) => {
    for (const [, key] of read(path).matchAll(/\bdetails\??\.(\w+)/g)) {
      expect(detailKeys).toContain(key);
    }
  });
});

describe('The items that README and docs show', () => {
  const shown = pages.flatMap((page) =>
    [...read(page).matchAll(/```json\n(.*?)\n```/gs)].map(
      ([, json = '']) => JSON.parse(json) as IDataObject,
    ),
  );

  it.each([
    ['that was written', 'written', written, 2],
    ['that failed', 'failed', continued, 1],
  ])('of an update %s have the keys that come out, in their order', (_, outcome, real, times) => {
    const items = shown.filter((item) => item['outcome'] === outcome);
    expect(items).toHaveLength(times);
    const optional = ['attribute', 'value', 'previous', 'kept', 'altered', 'externalContactId'];
    for (const item of items) {
      expect(keysOf(item)).toEqual(keysOf(real).filter((key) => !optional.includes(key)));
      expect(keysOf(item['details'])).toEqual(keysOf(real['details']));
    }
  });
});
