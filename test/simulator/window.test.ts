import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Simulator } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import type { RequestMessage } from '../../simulator/window/messages';
import { Client, pathsOf } from './client';
import type { WindowEvent } from './event-stream';
import { EventStream } from './event-stream';

let simulator: Simulator;
let call: Call;
const open: EventStream[] = [];

beforeEach(async () => {
  simulator = await startSimulator({ clientSecret: 'not-to-be-seen' });
  call = simulator.addCall({ attributes: { priority: 'normal' } });
});
afterEach(async () => {
  for (const stream of open.splice(0)) stream.leave();
  await simulator.close();
});

async function look(): Promise<EventStream> {
  const stream = await EventStream.open(simulator);
  open.push(stream);
  return stream;
}

/** The customer's attribute, once it has this value. */
const attribute = (name: string, value: string) => (event: WindowEvent) =>
  event.name === 'call'
    ? event.message.participants
        .find(({ purpose }) => purpose === 'customer')
        ?.attributes.find((one) => one.name === name && one.value === value)
    : undefined;

const ended =
  (matches: (request: RequestMessage) => boolean) =>
  (event: WindowEvent): RequestMessage | undefined =>
    event.name === 'requests'
      ? event.message.requests.find((one) => one.verdict !== 'inFlight' && matches(one))
      : undefined;

describe('the page', () => {
  it('is served with all that it is made of, and with nothing else', async () => {
    const page = await fetch(simulator.windowUrl);
    const html = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const parts = [...html.matchAll(/(?:src|href)="([\w.]+)"/g)].map(([, path]) => path);
    expect(parts).toEqual(['window.css', 'window.js']);
    const script = await (await fetch(`${simulator.windowUrl}window.js`)).text();
    const imported = [...script.matchAll(/from '\.\/([\w.]+)'/g)].map(([, path]) => path);
    expect(imported.length).toBeGreaterThan(0);
    for (const path of [...parts, ...imported]) {
      const { status } = await fetch(`${simulator.windowUrl}${String(path)}`);
      expect([path, status]).toEqual([path, 200]);
    }
    for (const path of ['tsconfig.json', '%2e%2e/page.ts', 'index.html.map']) {
      expect((await fetch(`${simulator.windowUrl}${path}`)).status).toBe(404);
    }
    expect(html).not.toContain('not-to-be-seen');
  });

  it('leaves no trace in the journal', async () => {
    await fetch(simulator.windowUrl);
    await look();
    expect(simulator.journal.entries).toEqual([]);
  });
});

describe('who may look and steer', () => {
  /** fetch does not let anybody choose these headers. */
  async function status(
    path: string,
    { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> },
  ): Promise<number> {
    const { port } = new URL(simulator.url);
    const sent = request({ port, host: '127.0.0.1', method, path, headers });
    sent.end(method === 'POST' ? '{"on":"write","kind":"conflict"}' : undefined);
    const answered = Promise.withResolvers<number>();
    sent.once('error', answered.reject).once('response', (response) => {
      answered.resolve(response.statusCode ?? 0);
      response.destroy();
    });
    return await answered.promise;
  }
  const PATHS = [
    '/_simulator/',
    '/_simulator/window.js',
    '/_simulator/events',
    '/_simulator/journal',
    '/_simulator/settings',
  ];

  it.each([
    ['a host that only claims to be this one', { host: 'evil.example' }],
    ['a host that begins like this one', { host: '127.0.0.1.evil.example:8080' }],
    ['a page elsewhere', { origin: 'http://evil.example' }],
    ['a page without an origin to tell', { origin: 'null' }],
    ['a page on another port of this machine', { origin: 'http://127.0.0.1:5678' }],
  ])('%s is refused, whatever it asks for', async (_, headers) => {
    for (const path of PATHS) expect([path, await status(path, { headers })]).toEqual([path, 403]);
    expect(await status('/_simulator/faults', { method: 'POST', headers })).toBe(403);
    expect(await status('/_simulator/faults', { method: 'POST' })).toBe(201);
  });

  it('a browser that says it asks for another site is refused, but may follow a link to the page', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    for (const path of PATHS) expect([path, await status(path, { headers })]).toEqual([path, 403]);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await status('/_simulator/', { headers: link })).toBe(200);
    expect(await status('/_simulator/journal', { headers: link })).toBe(403);
    expect(await status('/_simulator/faults', { method: 'POST', headers: link })).toBe(403);
  });

  it('the page itself may, by any name of this machine, and so may curl', async () => {
    const { port } = new URL(simulator.url);
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      const host = `${name}:${port}`;
      const headers = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
      expect(await status('/_simulator/faults', { method: 'POST', headers })).toBe(201);
      expect(await status('/_simulator/events', { headers })).toBe(200);
    }
    expect(await status('/_simulator/journal', {})).toBe(200);
  });
});

describe('the stream', () => {
  it('tells what there is, and then who has changed what', async () => {
    const stream = await look();
    const began = await stream.find(attribute('priority', 'normal'));
    expect(began.written).toBeUndefined();

    const client = await Client.of(simulator);
    const { participant } = pathsOf(call, call.customer);
    await client.put(participant, { version: 1, attributes: { priority: 'high' } });
    const put = await stream.find(attribute('priority', 'high'));
    expect(put.written).toMatchObject({ by: 'API client', version: 2 });
    expect(Math.abs(Date.now() - (put.written?.at ?? 0))).toBeLessThan(30_000);

    call.customer.write({ crm: 'open' }, 'CRM sync');
    const written = await stream.find(attribute('crm', 'open'));
    expect(written.written).toMatchObject({ by: 'CRM sync', version: 3 });

    call.changeState();
    const moved = await stream.find((event) =>
      event.name === 'call'
        ? event.message.participants.find(({ version }) => version === 4)
        : undefined,
    );
    expect(moved.movedBy).toBe('The call itself');
    // Nobody has written these anew.
    expect(moved.attributes.map((one) => one.written?.version)).toEqual([2, 3]);
  });

  it('tells somebody who comes later who had written what', async () => {
    call.customer.write({ crm: 'open' }, 'CRM sync');
    call.customer.write({ mood: 'calm' });
    const stream = await look();
    const crm = await stream.find(attribute('crm', 'open'));
    expect(crm.written).toMatchObject({ by: 'CRM sync', version: 2 });
    const mood = await stream.find(attribute('mood', 'calm'));
    expect(mood.written).toMatchObject({ by: 'Another system', version: 3 });
  });

  it('marks conflicts, refusals, lost replies and false successes', async () => {
    const stream = await look();
    const client = await Client.of(simulator);
    const { participant } = pathsOf(call, call.customer);
    const put = async () => {
      const { version } = call.customer;
      await client.put(participant, { version, attributes: {} }).catch(() => undefined);
    };
    simulator.fault({ on: 'write', kind: 'conflict' });
    simulator.fault({ on: 'write', kind: 'reply', status: 503 });
    simulator.fault({ on: 'write', kind: 'dropAfter' });
    simulator.fault({ on: 'write', kind: 'dropBefore' });
    simulator.fault({ on: 'write', kind: 'falseAcceptance', body: 'page' });
    for (let time = 0; time < 6; time += 1) await put();

    await stream.find(ended(({ number }) => number === 7));
    const told = stream.events.flatMap((event) =>
      event.name === 'requests' ? event.message.requests : [],
    );
    const last = new Map(told.map((one) => [one.number, one]));
    const of = ({ verdict, status, applied, fault, client: by }: RequestMessage) => ({
      verdict,
      status,
      applied,
      fault,
      by,
    });
    expect([...last.values()].map(of)).toEqual([
      { verdict: 'ok', status: 200, applied: true, fault: null, by: null },
      { verdict: 'conflict', status: 409, applied: false, fault: 'conflict', by: 1 },
      { verdict: 'refused', status: 503, applied: false, fault: 'reply', by: 1 },
      { verdict: 'noReply', status: null, applied: true, fault: 'dropAfter', by: 1 },
      { verdict: 'noReply', status: null, applied: false, fault: 'dropBefore', by: 1 },
      { verdict: 'falseSuccess', status: 200, applied: false, fault: 'falseAcceptance', by: 1 },
      { verdict: 'ok', status: 200, applied: true, fault: null, by: 1 },
    ]);
  });

  it('tells of a request while it is under way, and again when it has ended', async () => {
    const stream = await look();
    const client = await Client.of(simulator);
    simulator.fault({ on: 'read', kind: 'delayAfter', ms: 400 });
    await client.get(pathsOf(call, call.customer).participant);
    const { tookMs } = await stream.find(ended(({ method }) => method === 'GET'));
    expect(tookMs).toBeGreaterThanOrEqual(390);
    const verdicts = stream.events.flatMap((event) =>
      event.name === 'requests'
        ? event.message.requests.filter(({ number }) => number === 2).map((one) => one.verdict)
        : [],
    );
    expect(verdicts).toEqual(['inFlight', 'ok']);
  });

  it('never tells a token, a secret, a query or a body', async () => {
    const stream = await look();
    const client = await Client.of(simulator);
    await client.get('/api/v2/users?secret=of-the-query');
    await client.send('POST', '/api/v2/users/search', { query: 'of-the-body' });
    await stream.find(ended(({ method, path }) => method === 'POST' && path.endsWith('/search')));
    expect(stream.text).toContain('/api/v2/users');
    const basic = Buffer.from(`${simulator.clientId}:${simulator.clientSecret}`).toString('base64');
    const secrets = [client.token, basic, 'not-to-be-seen', 'of-the-query', 'of-the-body'];
    for (const secret of secrets) expect(stream.text).not.toContain(secret);
  });

  it('tells which faults are still to come, and when reads show a write', async () => {
    simulator.changeSettings({ visibilityLagMs: { from: 100, to: 800 }, replicas: [0, 1000] });
    const stream = await look();
    simulator.fault({ on: 'write', kind: 'conflict', times: 3 });
    simulator.fault({ on: 'any', kind: 'missing', forMs: 60_000 });
    const overview = await stream.find((event) =>
      event.name === 'overview' && event.message.faults.length === 2 ? event.message : undefined,
    );
    expect(overview.faults).toEqual([
      { kind: 'conflict', on: 'write', left: 3 },
      { kind: 'missing', on: 'any', left: null },
    ]);
    expect(overview.visibleAfterMs).toEqual({ from: 100, to: 1800 });
  });

  it('says nothing while nothing happens', async () => {
    const stream = await look();
    await stream.find(attribute('priority', 'normal'));
    await sleep(150);
    const { length } = stream.text;
    await sleep(500);
    expect(stream.text).toHaveLength(length);
  });

  it('shows the latest calls only, and counts the others', async () => {
    const later = Array.from({ length: 7 }, () => simulator.addCall().conversationId);
    const stream = await look();
    const overview = await stream.find((event) =>
      event.name === 'overview' ? event.message : undefined,
    );
    expect(overview.calls).toEqual(later.slice(2).reverse());
    expect(overview.olderCalls).toBe(3);
  });

  it('does not keep the simulator from closing', async () => {
    await look();
    await simulator.close();
    await expect(fetch(simulator.url)).rejects.toThrow();
  });
});

describe('the other systems', () => {
  it('write as often as the setting says, each under its name, and stop', async () => {
    const before = call.customer.version;
    simulator.changeSettings({ otherWritesPerSecond: 100 });
    while (call.customer.commits.length < 12) await sleep(10);
    simulator.changeSettings({ otherWritesPerSecond: 0 });
    const { length } = call.customer.commits;
    await sleep(200);
    expect(call.customer.commits).toHaveLength(length);
    expect(call.customer.version).toBe(before + length);
    expect(new Set(call.customer.commits.map(({ system }) => system)).size).toBe(6);
    expect(call.customer.attributes['priority']).toBe('normal');
  });

  it('leave a call alone that is over', async () => {
    call.end();
    const { length } = call.customer.commits;
    simulator.changeSettings({ otherWritesPerSecond: 100 });
    await sleep(200);
    expect(call.customer.commits).toHaveLength(length);
  });

  it('may be there from the start, and no more than a crowd', async () => {
    const busy = await startSimulator({ otherWritesPerSecond: 100 });
    try {
      const { customer } = busy.addCall();
      while (customer.commits.length === 0) await sleep(10);
    } finally {
      await busy.close();
    }
    expect(() => {
      simulator.changeSettings({ otherWritesPerSecond: 101 });
    }).toThrow('otherWritesPerSecond');
  });
});
