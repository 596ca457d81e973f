import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { type Call, type Simulator, type SimulatorOptions, startSimulator } from '../../simulator';
import { openBrowser, shoot } from './browser';

/** Texts on the page, each with its contrast to what is behind it, the faintest first. */
const CONTRASTS = `
  (() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const luminance = (...colours) => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data]
        .map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element) =>
      element ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor] : [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
      const { parentElement: element, textContent } = texts.currentNode;
      if (textContent.trim() === '' || !element.checkVisibility()) continue;
      const ground = luminance(...behind(element));
      const ink = luminance(...behind(element), getComputedStyle(element).color);
      const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
      found.push({ text: textContent.trim(), contrast });
    }
    return found.sort((one, other) => one.contrast - other.contrast);
  })()`;

describe("The simulator's window", () => {
  let browser: Browser;
  let simulator: Simulator;
  let call: Call;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    await start({});
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await simulator.close();
  });

  async function start(options: SimulatorOptions): Promise<void> {
    simulator = await startSimulator(options);
    call = simulator.addCall({ attributes: { priority: 'normal', language: 'en' } });
  }

  async function look(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => {
      throw error;
    });
    await page.goto(simulator.windowUrl);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('article').first().waitFor();
    return page;
  }

  /** What a client would do that knows no conflicts: read, change, write. */
  async function write(priority: string): Promise<void> {
    const { url, clientId, clientSecret } = simulator;
    const signedIn = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await signedIn.json()) as { access_token: string };
    const participant = `${url}/api/v2/conversations/${call.conversationId}/participants/${call.customer.id}`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const { version } = call.customer;
    const attributes = { ...call.customer.attributes, priority };
    const body = JSON.stringify({ version, attributes });
    await fetch(participant, { method: 'PUT', headers, body }).catch(() => undefined);
  }

  const row = (page: Page, name: string) => page.getByRole('row', { name });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 400],
    ['dark', 400],
  ] as const)('can be read: %s, %d wide', async (colorScheme, width) => {
    const page = await look({ colorScheme, viewport: { width, height: 900 } });
    simulator.fault({ on: 'write', kind: 'conflict' });
    simulator.fault({ on: 'write', kind: 'dropAfter' });
    for (const priority of ['high', 'low', 'urgent']) await write(priority);
    simulator.fault({ on: 'token', kind: 'reply', status: 503 });
    await write('nobody').catch(() => undefined);
    simulator.changeSettings({ otherWritesPerSecond: 20, visibilityLagMs: 2000 });
    for (const name of ['script_step', 'assist_hint']) await row(page, name).waitFor();
    simulator.changeSettings({ otherWritesPerSecond: 0 });
    simulator.fault({ on: 'write', kind: 'repeat', ms: 100, times: 2 });
    await page.getByText('repeat, for the next 2 writes').waitFor();
    await shoot(page, `window-${colorScheme}-${String(width)}`, { fullPage: true });

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const contrasts = await page.evaluate<{ text: string; contrast: number }[]>(CONTRASTS);
    expect(contrasts.length).toBeGreaterThan(50);
    expect(contrasts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
  });

  it('shows the call as it changes: who wrote, which version, and since when reads show it', async () => {
    await simulator.close();
    await start({ visibilityLagMs: 1500 });
    const page = await look();
    expect(await row(page, 'language').textContent()).toContain('as it began');
    await write('high');
    await row(page, 'priority high API client, version 2 not yet: after 1.5 s').waitFor();
    await row(page, 'priority high API client, version 2 yes, after 1.5 s').waitFor();
    call.customer.write({ '<b>note</b>': '<img src=x>' }, 'CRM sync');
    await row(page, '<b>note</b> <img src=x> CRM sync, version 3').waitFor();
    call.end();
    await page.getByText('not connected', { exact: true }).waitFor();
  });

  it('orders faults by its buttons, with the keyboard alone, and shows what comes of them', async () => {
    const page = await look();
    await page.getByRole('spinbutton', { name: 'With the next' }).fill('2');
    await page.getByRole('button', { name: 'Conflict', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Ordered: Conflict, 2 times.').waitFor();
    await page.getByText('conflict, for the next 2 writes').waitFor();
    for (const priority of ['high', 'higher', 'highest']) await write(priority);
    const conflicts = page.getByRole('row', { name: /PUT .* 409 conflict .* fault: conflict/ });
    await conflicts.nth(1).waitFor();
    await page.getByRole('row', { name: /PUT .* 200 OK/ }).waitFor();
    await page.getByRole('checkbox', { name: 'Only what did not go well' }).check();
    expect(await page.getByRole('row', { name: /200 OK/ }).count()).toBe(0);
    expect(await conflicts.count()).toBe(2);
    expect(await page.locator('#counts .conflict').textContent()).toBe('Conflicts2');
    await page.getByText('Conflicts: 2, refusals: 0').waitFor({ state: 'attached' });
  });

  it('has only buttons that the simulator takes', async () => {
    const page = await look();
    const buttons = await page.locator('fieldset button').all();
    expect(buttons.length).toBeGreaterThan(14);
    for (const button of buttons) {
      await button.click();
      await page.getByText(`Ordered: ${String(await button.textContent())}.`).waitFor();
    }
  });

  it('lets the other systems in by its slider, with the keyboard alone', async () => {
    const page = await look();
    const slider = page.getByRole('slider', { name: 'How many writes' });
    expect(await slider.getAttribute('aria-valuetext')).toBe('Quiet: nobody else writes');
    await slider.focus();
    await page.keyboard.press('End');
    await page.getByText('A crowd: 60 writes a second').waitFor();
    await row(page, 'crm_case').filter({ hasText: 'CRM sync' }).waitFor();
    expect(simulator.settings.otherWritesPerSecond).toBe(60);
    await page.keyboard.press('Home');
    await page.getByText('Quiet: nobody else writes').waitFor();
    simulator.changeSettings({ otherWritesPerSecond: 7 });
    await page.getByText('7 writes a second').waitFor();
  });

  it('stands still while it is paused, and moves only for who wants it', async () => {
    const page = await look({ reducedMotion: 'reduce' });
    await page.getByRole('button', { name: 'Pause' }).click();
    await write('high');
    await page.waitForTimeout(500);
    expect(await row(page, 'priority').textContent()).toContain('normal');
    await page.getByRole('button', { name: 'Pause', pressed: true }).click();
    await row(page, 'priority high').waitFor();
    const animation = "getComputedStyle(document.querySelector('tr.changed')).animationName";
    await write('low');
    await page.locator('tr.changed').waitFor();
    expect(await page.evaluate(animation)).toBe('none');
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await page.evaluate(animation)).toBe('changed');
  });

  it('says when the simulator is gone, and goes on when it is there again', async () => {
    const page = await look();
    const { port } = new URL(simulator.url);
    await write('high');
    await simulator.close();
    await page.getByText('The simulator does not answer. Trying again').waitFor();
    await page.getByRole('button', { name: 'New call' }).click();
    await page.getByText('The simulator does not answer.', { exact: true }).waitFor();
    await start({ port: Number(port) });
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText(call.conversationId).waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    await page.getByRole('button', { name: 'New call' }).click();
    await page.getByRole('article').nth(1).waitFor();
  });

  it('is out of reach for a page elsewhere on this machine', async () => {
    const page = await look();
    const server = createServer((_, response) => response.end('<p>elsewhere</p>'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const elsewhere = await browser.newPage();
      await elsewhere.goto(`http://127.0.0.1:${String(port)}`);
      const ask = (options: string) =>
        elsewhere.evaluate<string>(
          `fetch('${simulator.url}/_simulator/calls', ${options}).then((it) => it.type, String)`,
        );
      // What the browser lets it send, and does not let it read.
      expect(await ask(`{ method: 'POST', mode: 'no-cors', body: '{}' }`)).toBe('opaque');
      expect(await ask(`{ method: 'POST', body: '{}' }`)).toContain('TypeError');
      simulator.addCall();
      await page.getByRole('article').nth(1).waitFor();
      expect(await page.getByRole('article').count()).toBe(2);
    } finally {
      server.close();
    }
  });
});
