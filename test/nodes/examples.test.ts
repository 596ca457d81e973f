import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import type { INodeProperties } from 'n8n-workflow';

import { GenesysCloud } from '../../nodes/GenesysCloud/GenesysCloud.node';

const folder = join(__dirname, '../../examples');
const files = readdirSync(folder);

interface Example {
  readonly nodes: readonly {
    readonly name: string;
    readonly type: string;
    readonly typeVersion: number;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly credentials?: Readonly<Record<string, { readonly id: string | null }>>;
  }[];
  readonly pinData: object;
  readonly connections: Readonly<
    Record<string, { readonly main: readonly (readonly { readonly node: string }[])[] }>
  >;
}

describe('The examples', () => {
  it('are twelve, and README names each of them', () => {
    expect(files).toHaveLength(12);
    const readme = readFileSync(join(folder, '../README.md'), 'utf8');
    for (const file of files) expect(readme).toContain(`examples/${file}`);
  });

  it.each(files)('%s explains itself and holds nothing of whoever made it', (file) => {
    const example = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Example;
    const notes = example.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
    expect(notes.map(({ parameters }) => parameters['content'])).toEqual([
      expect.stringContaining('**To use it'),
    ]);
    const ours = example.nodes.filter(({ type }) => type.startsWith('n8n-nodes-genesys-cloud.'));
    expect(ours.length).toBeGreaterThan(0);
    const ids = example.nodes.flatMap(({ credentials = {} }) =>
      Object.values(credentials).map(({ id }) => id),
    );
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.every((id) => id === null)).toBe(true);
    expect(example.pinData).toEqual({});
  });
});

/** The newest versions of n8n's own nodes in n8n 2.0.0, the oldest n8n 2 (1.123.80 has the same). */
const NEWEST_IN_OLDEST: Readonly<Record<string, number>> = {
  '@n8n/n8n-nodes-langchain.agent': 3,
  '@n8n/n8n-nodes-langchain.lmChatOpenAi': 1.3,
  'n8n-nodes-base.aggregate': 1,
  'n8n-nodes-base.executeWorkflowTrigger': 1.1,
  'n8n-nodes-base.filter': 2.3,
  'n8n-nodes-base.httpRequest': 4.3,
  'n8n-nodes-base.if': 2.3,
  'n8n-nodes-base.noOp': 1,
  'n8n-nodes-base.respondToWebhook': 1.5,
  'n8n-nodes-base.scheduleTrigger': 1.3,
  'n8n-nodes-base.set': 3.4,
  'n8n-nodes-base.splitOut': 1,
  'n8n-nodes-base.stickyNote': 1,
  'n8n-nodes-base.webhook': 2.1,
};

describe('The nodes of the examples', () => {
  it.each(files)('in %s are no newer than those of the oldest n8n that README names', (file) => {
    const { nodes } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Example;
    const theirs = nodes.filter(({ type }) => !type.startsWith('n8n-nodes-genesys-cloud.'));
    const tooNew = theirs.filter(
      ({ type, typeVersion }) => !(typeVersion <= (NEWEST_IN_OLDEST[type] ?? 0)),
    );
    expect(tooNew.map(({ type, typeVersion }) => `${type} ${typeVersion}`)).toEqual([]);
  });
});

/** The names of what an operation shows, and of what is in its collections, as "options.return". */
function namesOf(properties: readonly INodeProperties[], prefix = ''): readonly string[] {
  return properties.flatMap(({ name, options, type }) => [
    prefix + name,
    ...(type === 'collection' ? namesOf(options as INodeProperties[], `${prefix}${name}.`) : []),
  ]);
}

describe('Our nodes in the examples', () => {
  const { properties } = new GenesysCloud().description;

  /** What an operation does not show of the parameters that are given. */
  function unknownIn(given: Readonly<Record<string, unknown>>): readonly string[] {
    const shown = properties.filter(({ displayOptions: { show = {} } = {} }) =>
      ['resource', 'operation'].every(
        (name) => show[name] === undefined || show[name].includes(String(given[name])),
      ),
    );
    const known = namesOf(shown);
    return Object.entries(given)
      .flatMap(([name, value]) => [
        name,
        ...(['options', 'retry'].includes(name)
          ? Object.keys(value as object).map((inner) => `${name}.${inner}`)
          : []),
      ])
      .filter((name) => !known.includes(name));
  }

  it.each(files)('in %s are given only parameters that their operations have', (file) => {
    const { nodes } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Example;
    const ours = nodes.filter(({ type }) => type === 'n8n-nodes-genesys-cloud.genesysCloud');
    expect(ours.flatMap(({ parameters }) => unknownIn(parameters))).toEqual([]);
  });

  it('would be found to have others', () => {
    const given = { resource: 'participant', operation: 'get', amount: 1, retry: { patients: 1 } };
    expect(unknownIn(given)).toEqual(['amount', 'retry.patients']);
  });
});

describe('The example of a CRM', () => {
  it('answers that it was not taken over where what somebody else wrote stands, and else that it was', () => {
    const file = readFileSync(join(folder, 'crm-trigger-policy-fail.json'), 'utf8');
    const { connections, nodes } = JSON.parse(file) as Example;
    const parametersOf = (name = '') => nodes.find((node) => node.name === name)?.parameters;
    const after = (name = '') => connections[name]?.main.map(([next]) => next?.node) ?? [];
    const [branch] = after('Set Participant Attributes');
    expect(parametersOf(branch)).toMatchObject({
      conditions: {
        conditions: [
          {
            leftValue: '={{ $json.outcome }}',
            rightValue: 'superseded',
            operator: { type: 'string', operation: 'equals' },
          },
        ],
      },
    });
    const [theirs, ours] = after(branch).map((name) => parametersOf(name));
    expect(theirs).toMatchObject({
      responseBody: expect.stringContaining('$json.superseded'),
      options: { responseCode: 409 },
    });
    expect(ours).toMatchObject({ options: {} });
    expect(ours?.['options']).not.toHaveProperty('responseCode');
  });
});
