import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type Page, selectors } from 'playwright-core';

import type { Call } from '../../simulator';
import { OWNER } from '../application/editor-api';
import { openBrowser, shoot as shootPage } from './browser';
import { NodePanel } from './node-panel';
import { openStage, type Stage } from './stage';

/** What people may search for; the last one is in the screenshot. */
const SEARCH_WORDS = [
  'purecloud',
  'contact center',
  'contact centre',
  'telephony',
  'ivr',
  'call',
  'attribute',
  'set attributes',
  'set participant',
  'waiting',
  'external contact',
  'participant',
];

describe('In the editor', () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  let panel: NodePanel;
  let call: Call;
  const opened = new AsyncDisposableStack();
  beforeAll(async () => {
    stage = opened.adopt(await openStage(), async (one) => {
      await one.close();
    });
    call = stage.simulator.addCall({ attributes: { lang: 'de', priority: 'normal' } });
    selectors.setTestIdAttribute('data-test-id');
    browser = opened.adopt(await openBrowser(), async (one) => {
      await one.close();
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(60_000);
    panel = new NodePanel(page);
  });
  afterAll(async () => {
    await opened.disposeAsync();
  });

  const shoot = async (name: string) => {
    await shootPage(page, name);
  };

  it('the node is found by searching for "participant", and added', async () => {
    await page.goto(stage.n8n.url);
    await page.fill('input[name=emailOrLdapLoginId]', OWNER.email);
    await page.fill('input[name=password]', OWNER.password);
    await page.getByTestId('form-submit-button').click();
    await page.waitForURL((url) => !url.pathname.includes('signin'));
    await page.goto(`${stage.n8n.url}/workflow/new`);
    await page.getByTestId('canvas-plus-button').click();
    await page.getByTestId('node-creator-search-bar').fill('manual');
    await page.getByTestId('node-creator-item-name').first().click();
    await page.getByTestId('canvas-handle-plus').click();
    const found = page.getByTestId('node-creator-item-name');
    for (const word of SEARCH_WORDS) {
      await page.getByTestId('node-creator-search-bar').fill(word);
      await found.filter({ hasText: 'Genesys Cloud' }).waitFor();
    }
    await shoot('search');
    await found.filter({ hasText: 'Genesys Cloud' }).click();
    await page.getByText('Set participant attributes').click();
    await page.getByTestId('ndv').waitFor();
    // The only credential of its type is chosen by itself.
    expect(await page.getByTestId('node-credentials-select').locator('input').inputValue()).toBe(
      'Genesys Cloud account',
    );
    await shoot('panel-empty');
  });

  it('its list says what to fill in first, and no mode takes what another has left', async () => {
    await panel.chooseMode('list');
    expect(await panel.complaintOfList()).toContain('Fill in "Conversation ID" first.');
    await shoot('list-without-conversation');
    await page.keyboard.press('Escape');
    await panel.chooseMode('id');
    await page.getByTestId('parameter-issues').first().hover();
    await page.getByText('For a word such as customer, choose Purpose').first().waitFor();
    await shoot('leftover');
  });

  it('its participant is chosen from the list of the conversation', async () => {
    await panel.fillConversation(call.conversationId);
    await panel.chooseFromList('customer · connected');
    await panel.addAttribute('priority', 'high');
    await shoot('panel-filled');
  });

  it('it runs, and the output panel tells what happened', async () => {
    await panel.execute();
    await panel.showJson();
    expect(await panel.outputWith('"outcome": "written"')).toContain('"from": "normal"');
    await shoot('output');
    expect(call.customer.attributes).toEqual({ lang: 'de', priority: 'high' });
  });

  it('what belongs to a condition is there with that condition only', async () => {
    const before = await panel.offered('Options');
    expect(before.slice(-3)).toEqual(['Concurrency', 'Wait Until Visible', 'Write Method']);
    expect(before).not.toContain('Expected Attributes');
    await panel.addToCollection('Options', 'Condition');
    await panel.choose('condition', 'Only If Equals');
    await panel.addToCollection('Options', 'Expected Attributes');
    await panel.addToCollection('Options', 'If Not Met');
    expect(await panel.shows('Expected Attributes')).toBe(true);
    await shoot('condition');
    await panel.choose('condition', 'Always');
    await page.waitForTimeout(1000);
    expect(await panel.shows('Expected Attributes')).toBe(false);
    await panel.execute();
    await panel.outputWith('"outcome": "unchanged"');
    await shoot('condition-gone');
  });

  it('with the policy "Fail" it says who was there first, and what was found', async () => {
    await panel.addToCollection('Options', 'Conflict Policy');
    await panel.choose('conflictPolicy', 'Fail');
    await panel.fillAttributeValue('low');
    stage.simulator.fault({
      on: 'write',
      kind: 'foreignWrite',
      attributes: { priority: 'urgent' },
    });
    await panel.execute();
    await panel.outputWith('Somebody else set "priority" to "urgent" meanwhile');
    await shoot('policy-fail');
    expect(call.customer.attributes).toEqual({ lang: 'de', priority: 'urgent' });
  });

  it('for a wrong conversation it says which parameter is wrong, and how to mend it', async () => {
    await panel.fillConversation('12345');
    await panel.execute();
    await panel.outputWith('"Conversation ID" of item 0: "12345" is not an ID such as');
    await shoot('wrong-conversation');
    await panel.fillConversation('2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b');
    await panel.execute();
    await panel.outputWith('There is no such conversation');
    await shoot('unknown-conversation');
  });

  it('panel, node and icon can be seen in the dark theme, too', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot('panel-dark');
    await panel.close();
    await page.getByText('Set attributes').first().waitFor();
    const icon = page.locator('img[src*="genesysCloud.dark.svg"]').first();
    await icon.waitFor();
    expect(
      await icon.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBeGreaterThan(0);
    await shoot('dark');
  });

  it('each operation has a panel of its own, runs, and tells what has come of it', async () => {
    const live = stage.simulator.addCall({ attributes: { lang: 'de', count: '2', steps: 'menu' } });
    const workflow = operationsOn(live.conversationId);
    const id = await stage.saveNew(workflow);
    for (const { name } of workflow.operations) {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(`${stage.n8n.url}/workflow/${id}/${name}`);
      await page.getByTestId('ndv').waitFor();
      await panel.execute();
      await panel.showJson();
      await panel.outputWith('"conversationId"');
      await shoot(`operation-${name}`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await shoot(`operation-${name}-dark`);
    }
    expect(live.customer.attributes).toEqual({ count: '3', steps: 'menu,queue' });
    expect(live.customer.externalContactId).toBe('ext-123');
    expect(live.secure.attributes).toEqual({ pin: '1234' });
  }, 300_000);

  it('the credential says what its OAuth client needs, and is tested', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`${stage.n8n.url}/home/credentials`);
    await page.getByText('Genesys Cloud account').first().click();
    await page.getByText('conversation:communication:view').first().waitFor();
    await page.getByText('Connection tested successfully').first().waitFor();
    await shoot('credential');
  });
});

/** A workflow with a node for each operation, all of them on one call. */
function operationsOn(conversationId: string) {
  const customer = { __rl: true, mode: 'purpose', value: 'customer' };
  const ofCustomer = { resource: 'participant', conversationId, participant: customer };
  const operations = [
    { ...ofCustomer, operation: 'get' },
    { ...ofCustomer, operation: 'incrementAttribute', attribute: 'count' },
    { ...ofCustomer, operation: 'appendToAttribute', attribute: 'steps', value: 'queue' },
    { ...ofCustomer, operation: 'removeAttributes', attributeNames: ['lang'] },
    { ...ofCustomer, operation: 'waitForAttribute', attribute: 'count' },
    { resource: 'participant', operation: 'getAll', conversationId },
    { resource: 'conversation', operation: 'get', conversationId },
    { resource: 'conversation', operation: 'getAll' },
    {
      ...ofCustomer,
      resource: 'conversation',
      operation: 'setExternalContact',
      externalContactId: 'ext-123',
    },
    {
      resource: 'secureAttributes',
      operation: 'set',
      conversationId,
      inputMode: 'json',
      attributesJson: '{ "pin": "1234" }',
    },
    { resource: 'secureAttributes', operation: 'get', conversationId },
    {
      resource: 'customAttributes',
      operation: 'set',
      conversationId,
      recordId: conversationId,
      schemaId: conversationId,
      values: '{ "caseNumber": "00123", "priority": 2 }',
    },
    { resource: 'customAttributes', operation: 'getAll', conversationId },
  ].map((parameters) => ({ name: `${parameters.resource}-${parameters.operation}`, parameters }));
  const trigger = {
    id: 'trigger',
    name: 'Trigger',
    type: 'n8n-nodes-base.manualTrigger',
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
  };
  const nodes = operations.map(({ name, parameters }, index) => ({
    id: name,
    name,
    type: 'n8n-nodes-genesys-cloud.genesysCloud',
    typeVersion: 1,
    position: [240, 160 * index],
    parameters,
    credentials: { genesysCloudApi: { id: 'genesysSimulator', name: 'Genesys Cloud account' } },
  }));
  const afterTrigger = nodes.map(({ name }) => ({ node: name, type: 'main', index: 0 }));
  return {
    operations,
    name: 'Operations',
    nodes: [trigger, ...nodes],
    connections: { Trigger: { main: [afterTrigger] } },
    settings: {},
  };
}
