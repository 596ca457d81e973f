import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freePort } from '../application/ports';
import { behindWebhook, CREDENTIALS } from './behind-webhook';
import { openStage, type Stage } from './stage';

const TYPE = 'genesysCloudApi';

/** What must not be found where it does not belong, found there. */
interface Finding {
  readonly secret: string;
  readonly place: string;
}

describe('The credential in n8n', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => {
    await stage.close();
  });

  /** Presses the button "Test" on a credential of its own. */
  async function test(fields: object): Promise<{ status: string; message: string }> {
    const { clientId, clientSecret, url } = stage.simulator;
    const data = {
      region: 'custom',
      loginUrl: url,
      apiUrl: url,
      clientId,
      clientSecret,
      requestsPerMinute: 300,
      ...fields,
    };
    const credential = { name: 'Tried out', type: TYPE, data };
    const saved = (await stage.editor.call('POST', '/credentials', credential)) as {
      data: { id: string };
    };
    const { id } = saved.data;
    const tested = await stage.editor.call('POST', '/credentials/test', {
      credentials: { ...credential, id },
    });
    return (tested as { data: { status: string; message: string } }).data;
  }

  it('is tested successfully with the right secret', async () => {
    expect(await test({})).toEqual({
      status: 'OK',
      message: 'Connection successful!',
    });
  });

  it('says that the pair is not known with a wrong secret', async () => {
    const { status, message } = await test({ clientSecret: 'not-the-secret' });
    expect(status).toBe('Error');
    expect(message).toContain('Genesys Cloud does not know this pair');
  });

  it('says that nobody answers where the host cannot be reached', async () => {
    const loginUrl = `http://127.0.0.1:${await freePort()}`;
    const { status, message } = await test({ loginUrl });
    expect(status).toBe('Error');
    expect(message).toContain(`${loginUrl} does not answer`);
  });

  it('signs an HTTP Request node in, to its own hosts only', async () => {
    const { conversationId, customer } = stage.simulator.addCall({ attributes: { lang: 'de' } });
    const { url } = stage.simulator;
    await stage.publishNew(reading('read-call', `${url}/api/v2/conversations/`));
    expect(await stage.post('read-call', { conversationId })).toMatchObject({
      status: 200,
      body: {
        id: conversationId,
        participants: expect.arrayContaining([expect.objectContaining({ id: customer.id })]),
      },
    });
    const elsewhere = url.replace('127.0.0.1', 'localhost');
    await stage.publishNew(reading('read-elsewhere', `${elsewhere}/api/v2/conversations/`));
    stage.simulator.journal.clear();
    expect((await stage.post('read-elsewhere', { conversationId })).status).toBe(500);
    // n8n signs in first. The token goes nowhere else.
    const { entries } = stage.simulator.journal;
    expect(entries.filter(({ kind }) => kind !== 'token')).toEqual([]);
  });

  it('leaves no secret in the debug log, in the database, or in exported workflows', async () => {
    const { clientId, clientSecret, journal } = stage.simulator;
    // Something of every kind must have happened: written, refused by the platform, unauthorized.
    await stage.publishExample('many-automations-one-participant');
    const { conversationId } = stage.simulator.addCall();
    const facts = [{ name: 'a', value: '1' }];
    expect(await stage.post('genesys-facts', { conversationId, facts })).toMatchObject({
      body: { results: [{ outcome: 'written' }] },
    });
    stage.simulator.fault({ on: 'read', kind: 'reply', status: 401, times: 10 });
    const refused = [{ name: 'b', value: '2' }];
    const reply = await stage.post('genesys-facts', { conversationId, facts: refused });
    expect(reply).toMatchObject({ body: { results: [{ details: { code: 'unauthorized' } }] } });

    const tokens = journal.entries.flatMap(({ authorization }) =>
      authorization?.startsWith('Bearer ') === true ? [authorization.slice(7)] : [],
    );
    expect(tokens.length).toBeGreaterThan(0);
    const secrets = [
      clientSecret,
      'not-the-secret',
      Buffer.from(`${clientId}:${clientSecret}`).toString('base64'),
      ...new Set(tokens),
    ];
    const exported = await stage.n8n.command('export:workflow', '--all');
    expect(exported).toContain('genesysCloudApi');
    const written = await everythingWritten();
    // What an execution did is among it, and what n8n logs at debug level.
    const all = Buffer.concat(Object.values(written));
    expect([all.includes(conversationId), all.includes('"level":"debug"')]).toEqual([true, true]);
    const places = { 'exported workflows': Buffer.from(exported), ...written };
    const findings = Object.entries(places).flatMap(([place, content]): Finding[] =>
      secrets.filter((secret) => content.includes(secret)).map((secret) => ({ secret, place })),
    );
    expect(findings).toEqual([]);
  });

  /** All that n8n has written: its log, its database, and whatever else, but for the packages. */
  async function everythingWritten(): Promise<Record<string, Buffer>> {
    const entries = await readdir(stage.userFolder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => join(parentPath, name))
      .filter((file) => !file.startsWith(stage.n8n.packagesFolder));
    return Object.fromEntries(
      await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)),
    );
  }
});

/** A workflow that reads a call with the HTTP Request node and the credential. */
function reading(path: string, url: string): object {
  return behindWebhook(path, {
    name: 'HTTP Request',
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.5,
    parameters: {
      url: `=${url}{{ $json.body.conversationId }}`,
      authentication: 'predefinedCredentialType',
      nodeCredentialType: TYPE,
      options: {},
    },
    credentials: CREDENTIALS,
  });
}
