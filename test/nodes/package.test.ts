import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  type INodeParameters,
  type INodeProperties,
  type INodePropertyOptions,
  NodeHelpers,
} from 'n8n-workflow';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { singleNode } from '../../engine/single-node';
import { GenesysCloud } from '../../nodes/GenesysCloud/GenesysCloud.node';

const CONVERSATION_ID = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';

const root = join(__dirname, '../..');
const { description } = new GenesysCloud();
const property = (name: string): INodeProperties => {
  const found = description.properties.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`There is no parameter "${name}".`);
  return found;
};
/** The parameters that an operation on a participant shows. */
const shownBy = (operation: string) =>
  description.properties.filter(
    ({ displayOptions }) => displayOptions?.show?.['operation']?.includes(operation) === true,
  );
const namesOf = (properties: readonly INodeProperties[]) =>
  properties.map(({ name, default: value }) => [name, value]);
const optionsOf = (name: string, operation = 'setAttributes') =>
  namesOf(
    (shownBy(operation).find((one) => one.name === name)?.options ?? []) as INodeProperties[],
  );

describe('What saved workflows rely on', () => {
  it('is the name and version of node and credential', () => {
    expect(description).toMatchObject({
      name: 'genesysCloud',
      displayName: 'Genesys Cloud',
      version: 1,
      usableAsTool: true,
      credentials: [{ name: 'genesysCloudApi', required: true }],
    });
    expect(new GenesysCloudApi()).toMatchObject({
      name: 'genesysCloudApi',
      displayName: 'Genesys Cloud API',
    });
  });

  it('is the outcome "superseded", which an AI agent is told of by the description of the operation', () => {
    const [setting] = property('operation').options as INodePropertyOptions[];
    expect(setting?.description).toContain('"superseded"');
  });

  it('is the names and defaults of the parameters', () => {
    expect(namesOf(description.properties.slice(0, 2))).toEqual([
      ['resource', 'participant'],
      ['operation', 'setAttributes'],
    ]);
    expect(namesOf(shownBy('setAttributes'))).toEqual([
      ['conversationId', ''],
      ['participant', { mode: 'purpose', value: 'customer' }],
      ['inputMode', 'fields'],
      ['attributes', {}],
      ['attributesJson', '{}'],
      ['options', {}],
      ['retryNotice', ''],
      ['retry', {}],
    ]);
    expect(Object.fromEntries(optionsOf('retry'))).toEqual({
      maxAttempts: 30,
      strategy: 'adaptive',
      baseDelay: 100,
      maxDelay: 5000,
      totalTimeout: 30_000,
      requestTimeout: 10_000,
      patience: 1000,
    });
    expect(optionsOf('options')).toEqual([
      ['attributesToRemove', []],
      ['condition', 'always'],
      ['expectedAttributes', {}],
      ['expectedAttributes', '{}'],
      ['expectedAttributes', ''],
      ['ifNotMet', 'fail'],
      ['conflictPolicy', 'overwrite'],
      ['externalContactId', ''],
      ['missingValues', 'refuse'],
      ['onlyIfConnected', false],
      ['return', 'everything'],
      ['concurrency', 10],
      ['waitUntilVisible', true],
      ['writeMethod', 'auto'],
    ]);
  });

  it('is no second total timeout for Wait for Attribute', () => {
    const [all, waiting] = ['setAttributes', 'waitForAttribute'].map((operation) =>
      optionsOf('retry', operation),
    );
    expect(waiting).toEqual(all?.filter(([name]) => name !== 'totalTimeout'));
  });

  const shared = [
    ['onlyIfConnected', false],
    ['return', 'everything'],
    ['concurrency', 10],
    ['waitUntilVisible', true],
    ['writeMethod', 'auto'],
  ];

  it.each<[string, unknown[][], unknown[][]]>([
    [
      'removeAttributes',
      [['attributeNames', []]],
      [
        ['condition', 'always'],
        ['expectedAttributes', '{}'],
        ['expectedAttributes', ''],
        ['ifNotMet', 'fail'],
        ['conflictPolicy', 'overwrite'],
      ],
    ],
    [
      'incrementAttribute',
      [
        ['attribute', ''],
        ['amount', 1],
      ],
      [
        ['startValue', 0],
        ['withoutVersion', 'refuse'],
      ],
    ],
    [
      'appendToAttribute',
      [
        ['attribute', ''],
        ['value', ''],
      ],
      [
        ['maxLength', 0],
        ['separator', ','],
        ['skipDuplicates', true],
        ['withoutVersion', 'refuse'],
      ],
    ],
  ])('is the names and defaults of what %s has of its own', (operation, own, options) => {
    expect(namesOf(shownBy(operation))).toEqual([
      ['conversationId', ''],
      ['participant', { mode: 'purpose', value: 'customer' }],
      ...own,
      ['options', {}],
      ['retryNotice', ''],
      ['retry', {}],
    ]);
    expect(optionsOf('options', operation)).toEqual([...options, ...shared]);
  });

  it('is the names and defaults of the fields of the credential', () => {
    expect(
      new GenesysCloudApi().properties.map(({ name, default: value }) => [name, value]),
    ).toEqual([
      ['clientNotice', ''],
      ['region', 'mypurecloud.com'],
      ['loginUrl', ''],
      ['apiUrl', ''],
      ['clientId', ''],
      ['clientSecret', ''],
      ['requestsPerMinute', 300],
      ['tokens', 1],
      ['accessToken', ''],
    ]);
  });
});

describe('The panel', () => {
  it('says "(ms)" at everything in milliseconds', () => {
    const names = (property('retry').options as INodeProperties[])
      .filter(({ name }) => /delay|timeout/i.test(name))
      .map(({ displayName }) => displayName);
    expect(names).toHaveLength(4);
    for (const name of names) expect(name).toMatch(/ \(ms\)$/);
  });

  it('tells to leave Retry On Fail off', () => {
    expect(property('retryNotice')).toMatchObject({ type: 'notice' });
    expect(property('retryNotice').displayName).toContain('"Retry On Fail"');
  });

  it('says on the screen of the credential which scope and permission it takes', () => {
    const notice = new GenesysCloudApi().properties.find(({ type }) => type === 'notice');
    for (const word of ['Client Credentials', 'conversations', 'conversation:communication:view']) {
      expect(notice?.displayName).toContain(`"${word}"`);
    }
    expect(notice?.displayName).toContain('role');
  });

  it('leads from the credential to a page that the package has, about that OAuth client', () => {
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      files: string[];
    };
    const url = new GenesysCloudApi().documentationUrl;
    const [, file = ''] = /^https:\/\/unpkg\.com\/n8n-nodes-genesys-cloud\/(.+)$/.exec(url) ?? [];
    expect(files).toContain('docs/*.md');
    expect(file).toMatch(/^docs\/[\w-]+\.md$/);
    const page = readFileSync(join(root, file), 'utf8');
    for (const words of [
      'Client Credentials',
      '`conversations`',
      '`conversation:communication:view`',
    ]) {
      expect(page).toContain(words);
    }
  });

  it('hides the client secret', () => {
    expect(
      new GenesysCloudApi().properties.find(({ name }) => name === 'clientSecret')?.typeOptions,
    ).toEqual({ password: true });
  });

  it('offers the 18 regions of Genesys Cloud, and custom addresses', () => {
    const region = new GenesysCloudApi().properties.find(({ name }) => name === 'region');
    expect(region?.options).toHaveLength(19);
    expect(region?.options?.at(-1)).toMatchObject({ value: 'custom' });
  });

  it('has the regions in alphabetical order, in which people find theirs', () => {
    const region = new GenesysCloudApi().properties.find(({ name }) => name === 'region');
    const names = (region?.options ?? []).slice(0, -1).map(({ name }) => name);
    expect(names).toEqual(names.toSorted((one, other) => one.localeCompare(other)));
  });

  it.each<[object, string]>([
    [{}, 'Set attributes · customer'],
    [{ participant: { __rl: true, mode: 'purpose', value: 'agent' } }, 'Set attributes · agent'],
    [{ participant: { __rl: true, mode: 'id', value: CONVERSATION_ID } }, 'Set attributes'],
    [{ participant: { __rl: true, mode: 'id', value: '={{ $json.id }}' } }, 'Set attributes'],
  ])('says on the canvas in words what the node does: %j', (parameters, subtitle) => {
    const { workflow, node } = singleNode(
      new GenesysCloud(),
      { type: new GenesysCloudApi(), data: {} },
      parameters as INodeParameters,
    );
    expect(
      workflow.expression.getSimpleParameterValue(node, description.subtitle, 'internal', {}),
    ).toBe(subtitle);
  });

  it.each<[object, string[]]>([
    [{}, []],
    [{ options: { condition: 'always' } }, []],
    [{ options: { condition: 'onlyIfMissing' } }, []],
    [
      { inputMode: 'fields', options: { condition: 'onlyIfEquals' } },
      ['assignmentCollection expectedAttributes', 'options ifNotMet'],
    ],
    [
      { inputMode: 'json', options: { condition: 'onlyIfEquals' } },
      ['json expectedAttributes', 'options ifNotMet'],
    ],
  ])('shows what belongs to a condition with that condition only: %j', (given, shown) => {
    const values = given as { options?: INodeParameters };
    const visible = (property('options').options as INodeProperties[])
      .filter(({ type, displayOptions }) => type !== 'hidden' && displayOptions)
      .filter((option) =>
        NodeHelpers.displayParameter(
          values.options ?? {},
          option,
          null,
          description,
          given as INodeParameters,
        ),
      );
    expect(visible.map(({ type, name }) => `${type} ${name}`)).toEqual(shown);
  });

  it('marks secure attributes as what n8n is to hide for good, and nothing else', () => {
    expect(description.sensitiveOutputFields).toEqual(['secure']);
  });

  it('names what is tuning, and has it after what belongs to the job', () => {
    const options = property('options').options as INodeProperties[];
    const isTuning = ({ description: text = '' }: INodeProperties) => /\btuning\b/i.test(text);
    expect(options.filter(isTuning).map(({ name }) => name)).toEqual([
      'concurrency',
      'waitUntilVisible',
      'writeMethod',
    ]);
    expect(options.slice(-3).every(isTuning)).toBe(true);
  });

  it.each([
    ['purpose', 'customer', undefined],
    ['purpose', 'After-Call Agent', undefined],
    ['purpose', CONVERSATION_ID, 'This is an ID'],
    ['id', ` ${CONVERSATION_ID} `, undefined],
    ['id', 'customer', 'This is not the ID of a participant'],
    ['id', '={{ $json.id }}', undefined],
    ['list', CONVERSATION_ID, undefined],
    ['list', 'customer', 'Choose a participant from the list'],
  ])('takes in the mode %s for %s only what belongs there', (mode, value, complaint) => {
    const { node } = singleNode(
      new GenesysCloud(),
      { type: new GenesysCloudApi(), data: {} },
      { conversationId: CONVERSATION_ID, participant: { __rl: true, mode, value } },
    );
    const issues = NodeHelpers.getNodeParametersIssues(description.properties, node, description);
    const found = issues?.parameters?.['participant'] ?? [];
    expect(found).toEqual(complaint ? [expect.stringContaining(complaint)] : []);
  });
});

describe('The files that n8n reads beside the code', () => {
  it('are there: an icon of its own for each theme', () => {
    const { icon } = description;
    if (typeof icon !== 'object') throw new Error('The node has no themed icon.');
    const [light, dark] = [icon.light, icon.dark].map((path) =>
      readFileSync(join(root, 'nodes/GenesysCloud', path.replace('file:', '')), 'utf8'),
    );
    expect(light).toContain('<svg');
    expect(dark).toContain('<svg');
    expect(light).not.toBe(dark);
  });

  it('are there: the codex, under the name of the node', () => {
    const codex = JSON.parse(
      readFileSync(join(root, 'nodes/GenesysCloud/GenesysCloud.node.json'), 'utf8'),
    ) as { node: string; alias: string[] };
    expect(codex.node).toBe('n8n-nodes-genesys-cloud.genesysCloud');
    for (const word of [
      'contact centre',
      'set attributes',
      'agent',
      'queue',
      'ivr',
      'phone',
      'telephony',
      'call',
      'conversation',
    ]) {
      expect(codex.alias).toContain(word);
    }
  });

  it('are listed in package.json, with sources behind them', () => {
    const { n8n } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      n8n: { nodes: string[]; credentials: string[] };
    };
    for (const file of [...n8n.nodes, ...n8n.credentials]) {
      expect(file).toMatch(/^dist\/.*\.js$/);
      expect(existsSync(join(root, file.replace('dist/', '').replace(/\.js$/, '.ts')))).toBe(true);
    }
  });
});
