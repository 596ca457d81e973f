import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { GenesysCloud } from '../../nodes/GenesysCloud/GenesysCloud.node';

const root = join(__dirname, '../..');
const { description } = new GenesysCloud();
const property = (name: string): INodeProperties => {
  const found = description.properties.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`There is no parameter "${name}".`);
  return found;
};
const optionsOf = (name: string) =>
  (property(name).options as INodeProperties[]).map((option) => [option.name, option.default]);

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
    expect(description.properties.map(({ name, default: value }) => [name, value])).toEqual([
      ['resource', 'participant'],
      ['operation', 'setAttributes'],
      ['conversationId', ''],
      ['participant', { mode: 'purpose', value: 'customer' }],
      ['inputMode', 'fields'],
      ['attributes', {}],
      ['attributesJson', '{}'],
      ['retryNotice', ''],
      ['retry', {}],
      ['options', {}],
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
    expect(Object.fromEntries(optionsOf('options'))).toEqual({
      attributesToRemove: [],
      concurrency: 10,
      condition: 'always',
      conflictPolicy: 'overwrite',
      expectedAttributes: '{}',
      externalContactId: '',
      return: 'everything',
      waitUntilVisible: true,
      writeMethod: 'auto',
    });
  });

  it('is the names and defaults of the fields of the credential', () => {
    expect(
      new GenesysCloudApi().properties.map(({ name, default: value }) => [name, value]),
    ).toEqual([
      ['region', 'mypurecloud.com'],
      ['loginUrl', ''],
      ['apiUrl', ''],
      ['clientId', ''],
      ['clientSecret', ''],
      ['requestsPerMinute', 300],
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
    ) as { node: string };
    expect(codex.node).toBe('n8n-nodes-genesys-cloud.genesysCloud');
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
