import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { installPackage, packPackage } from '../application/our-package';
import { openStage, type Stage } from './stage';

interface TypeDescription {
  readonly name: string;
  readonly displayName: string;
  readonly iconUrl?: string | { readonly light: string; readonly dark: string };
  readonly properties: readonly { readonly name: string; readonly options?: readonly object[] }[];
  readonly credentials?: readonly { readonly name: string }[];
}

describe('The packed package, installed into n8n', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => {
    await stage.close();
  });

  /** As the editor loads them. */
  const types = async (kind: 'nodes' | 'credentials') =>
    (await stage.editor.file(`/types/${kind}.json`)) as TypeDescription[];

  it('is loaded without a warning', async () => {
    const log = await readFile(stage.n8n.logFile, 'utf8');
    expect(log).toContain('Editor is now accessible');
    expect(await stage.complaints()).toEqual([]);
  });

  it('shows up as a node, with its operations and an icon for each theme', async () => {
    const node = (await types('nodes')).find(
      ({ name }) => name === 'n8n-nodes-genesys-cloud.genesysCloud',
    );
    expect(node).toMatchObject({
      displayName: 'Genesys Cloud',
      credentials: [{ name: 'genesysCloudApi', required: true }],
    });
    const [ofParticipants, ofConversations, ofSecure, ofCustom, ofResources] = (
      node?.properties ?? []
    )
      .filter(({ name }) => name === 'operation')
      .map(({ options }) => options?.map((option) => 'value' in option && option.value));
    expect(ofParticipants).toEqual([
      'setAttributes',
      'removeAttributes',
      'incrementAttribute',
      'appendToAttribute',
      'get',
      'getAll',
      'waitForAttribute',
    ]);
    expect(ofConversations).toEqual(['get', 'getAll', 'setExternalContact']);
    expect(ofSecure).toEqual(['set', 'remove', 'get']);
    expect(ofCustom).toEqual(['set', 'get', 'getAll']);
    expect(ofResources).toEqual(['update']);
    await expectThemedIcons(node);
  });

  it('shows up as a tool for AI agents', async () => {
    expect((await types('nodes')).map(({ name }) => name)).toContain(
      'n8n-nodes-genesys-cloud.genesysCloudTool',
    );
  });

  it('shows up as a credential, with the same icons', async () => {
    const credential = (await types('credentials')).find(({ name }) => name === 'genesysCloudApi');
    expect(credential).toMatchObject({ displayName: 'Genesys Cloud API' });
    await expectThemedIcons(credential);
  });

  it('can be updated to a newer one, and a published workflow goes on working', async () => {
    await stage.publishExample('many-automations-one-participant');
    const { conversationId, customer } = stage.simulator.addCall();
    const post = async (name: string) =>
      await stage.post('genesys-facts', { conversationId, facts: [{ name, value: 'yes' }] });
    expect(await post('before')).toMatchObject({ status: 200 });

    await stage.restart(async () => {
      const newer = await packPackage('99.0.0');
      await installPackage(newer, stage.n8n.packagesFolder);
      await rm(dirname(newer), { recursive: true });
    });
    const installed = await readFile(
      join(stage.n8n.packagesFolder, 'node_modules/n8n-nodes-genesys-cloud/package.json'),
      'utf8',
    );
    expect(installed).toContain('99.0.0');
    expect(await post('after')).toMatchObject({
      status: 200,
      body: { results: [{ outcome: 'written' }] },
    });
    expect(customer.attributes).toEqual({ before: 'yes', after: 'yes' });
    expect(await stage.complaints()).toEqual([]);
  });

  async function expectThemedIcons(type: TypeDescription | undefined): Promise<void> {
    const { iconUrl } = type ?? {};
    if (typeof iconUrl !== 'object') throw new Error('There is no icon for each theme.');
    const icons = await Promise.all(
      [iconUrl.light, iconUrl.dark].map(async (path) => {
        const response = await fetch(`${stage.n8n.url}/${path}`);
        return { status: response.status, text: await response.text() };
      }),
    );
    for (const { status, text } of icons) {
      expect(status).toBe(200);
      expect(text).toContain('<svg');
    }
    expect(icons[0]?.text).not.toBe(icons[1]?.text);
  }
});
