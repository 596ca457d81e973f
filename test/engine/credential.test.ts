import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';

import {
  type ICredentialDataDecryptedObject,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  NodeConnectionTypes,
} from 'n8n-workflow';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { runWorkflow, type WorkflowRun } from '../../engine/run-workflow';
import { testCredential } from '../../engine/test-credential';
import { simulatorForEachTest } from './set-up';

const simulator = simulatorForEachTest();

const REMOTE = 'http://genesys.example';
const HTTPS_REQUIRED = /must begin with https/;

const data = (changes: Record<string, string> = {}): ICredentialDataDecryptedObject => ({
  region: 'custom',
  loginUrl: simulator.current.url,
  apiUrl: simulator.current.url,
  clientId: simulator.current.clientId,
  clientSecret: simulator.current.clientSecret,
  ...changes,
});

const test = async (changes: Record<string, string> = {}) =>
  await testCredential(new GenesysCloudApi(), data(changes));

/** Anything that listens, and the requests it got. */
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function listen(status: number, headers: Record<string, string> = {}, body = '{}') {
  const seen: IDataObject[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url, ...request.headers });
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

describe("The credential's test button", () => {
  it('is content with the right secret', async () => {
    expect(await test()).toMatchObject({ status: 'OK' });
    expect(simulator.current.journal.tokens().length).toBeGreaterThan(0);
  });

  it('needs no more sign-ins where the node is to hold several tokens', async () => {
    await test();
    const signIns = simulator.current.journal.tokens().length;
    const many = { ...data(), requestsPerMinute: 300, tokens: 10 };
    expect(await testCredential(new GenesysCloudApi(), many)).toMatchObject({ status: 'OK' });
    expect(simulator.current.journal.tokens()).toHaveLength(2 * signIns);
  });

  it('is content with blanks around the addresses and the client, and a slash at the end', async () => {
    const url = ` ${simulator.current.url}// `;
    const clientId = ` ${simulator.current.clientId} `;
    expect(await test({ loginUrl: url, apiUrl: url, clientId })).toMatchObject({ status: 'OK' });
  });

  it.each(['wrong', 'ü:"{{ 1 }}'])('refuses the wrong secret %s', async (clientSecret) => {
    expect(await test({ clientSecret })).toEqual({
      status: 'Error',
      message: expect.stringMatching(/Client ID.*Client Secret/),
    });
  });

  it('says so where nobody answers', async () => {
    expect(await test({ loginUrl: 'http://127.0.0.1:9' })).toEqual({
      status: 'Error',
      message: 'http://127.0.0.1:9 does not answer. Check the region or the "Login URL".',
    });
  });

  it.each(['loginUrl', 'apiUrl'])('asks for https in %s', async (field) => {
    expect(await test({ [field]: REMOTE })).toEqual({
      status: 'Error',
      message: expect.stringMatching(HTTPS_REQUIRED),
    });
    expect(simulator.current.journal.tokens()).toHaveLength(0);
  });

  it.each([
    REMOTE,
    'http://127.0.0.1@genesys.example',
    'http://127.0.0.1:80@genesys.example',
    'http://localhost.genesys.example',
    'http:\\\\genesys.example',
    'http://localhost\\@genesys.example',
    'genesys.example',
    '',
  ])('has no request of its own that would go to %s', async (loginUrl) => {
    // Without the two functions, which refuse it before the request is even made.
    const { test: request, properties, name, displayName } = new GenesysCloudApi();
    const bare = { name, displayName, properties, test: request };

    expect(await testCredential(bare, data({ loginUrl }))).toMatchObject({
      status: 'Error',
      message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });

  it('has a request of its own that signs in', async () => {
    const { test: request, properties, name, displayName } = new GenesysCloudApi();
    const bare = { name, displayName, properties, test: request };

    expect(await testCredential(bare, data())).toMatchObject({ status: 'OK' });
    expect(await testCredential(bare, data({ clientSecret: 'wrong' }))).toMatchObject({
      message: expect.stringMatching(/Client ID.*Client Secret/),
    });
  });

  it.each([
    ['a failure', 503, {}, '{}', /answered the sign-in with the status 503/],
    ['a page', 200, { 'content-type': 'text/html' }, '<html>', /gave no access token/],
  ] as const)('says what is wrong with %s', async (_, status, headers, body, message) => {
    const { url } = await listen(status, headers, body);
    expect(await test({ loginUrl: url })).toEqual({
      status: 'Error',
      message: expect.stringMatching(message),
    });
  });

  it('asks the API one harmless thing, and nothing else', async () => {
    expect(await test()).toMatchObject({ status: 'OK' });
    const { entries } = simulator.current.journal;
    expect(
      entries.filter(({ kind }) => kind !== 'token').map(({ method, path }) => `${method} ${path}`),
    ).toEqual(['GET /api/v2/conversations/00000000-0000-0000-0000-000000000000']);
  });

  it.each<[string, number, string, RegExp]>([
    [
      'a token of another region',
      401,
      '{"code":"bad.credentials"}',
      /does not take the token that .* gives.*different regions/,
    ],
    [
      'a missing permission',
      403,
      '{"code":"missing.permissions"}',
      /may not read conversations.*"conversation:communication:view".*scope "conversations"/,
    ],
    ['a gateway that refuses', 403, '<html>', /does not seem to be the API .*status 403/],
    ['another server', 404, '<html>', /does not seem to be the API of Genesys Cloud.*"API URL"/],
    ['a page in place of the API', 200, '<html>', /does not seem to be the API/],
    ['a redirect', 302, '', /does not seem to be the API.*302/],
    ['too many requests', 429, '{}', /asks for a pause/],
    ['an API that is down', 503, '{}', /answers with the status 503/],
  ])('says in its own words what is wrong with the API: %s', async (_, status, body, words) => {
    const { url } = await listen(status, { location: 'http://127.0.0.1:9/' }, body);
    const { message, status: verdict } = await test({ apiUrl: url });
    expect(verdict).toBe('Error');
    expect(message).toMatch(words);
    expect(message).toMatch(/^The sign-in works, but /);
  });

  it('says so where nobody answers at the address of the API', async () => {
    expect(await test({ apiUrl: 'http://127.0.0.1:9' })).toEqual({
      status: 'Error',
      message:
        'The sign-in works, but the API at http://127.0.0.1:9 does not answer. Check the region or the "API URL".',
    });
  });

  it('tells nothing that a server has sent', async () => {
    const echo = await listen(403, {}, '{"message":"the-echo"}');
    const { message } = await test({ apiUrl: echo.url });
    expect(message).not.toContain('the-echo');
    expect(echo.seen).toHaveLength(1);
  });

  it('does not follow a login host that sends it elsewhere', async () => {
    const thief = await listen(200, {}, '{"access_token":"x"}');
    const login = await listen(307, { location: thief.url });

    expect(await test({ loginUrl: login.url })).toMatchObject({ status: 'Error' });
    expect(login.seen.length).toBeGreaterThan(0);
    expect(thief.seen).toEqual([]);
  });
});

type Send = (node: IExecuteFunctions, options: IDataObject & { url: string }) => Promise<unknown>;

/** n8n's HTTP Request node uses the older of the two helpers, most other nodes the newer one. */
const helpers: [string, Send][] = [
  [
    'httpRequestWithAuthentication',
    async (node, options) =>
      (await node.helpers.httpRequestWithAuthentication.call(node, 'genesysCloudApi', {
        json: true,
        ...options,
      })) as unknown,
  ],
  [
    'requestWithAuthentication',
    async (node, { url, ...options }) =>
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      (await node.helpers.requestWithAuthentication.call(node, 'genesysCloudApi', {
        json: true,
        uri: url,
        ...options,
      })) as unknown,
  ],
];

/** Does what the HTTP Request node does with a predefined credential: one request for each item. */
function requestNode(send: Send): INodeType {
  return {
    description: {
      displayName: 'Request',
      name: 'request',
      description: 'Sends a request for each item',
      group: ['transform'],
      version: 1,
      defaults: { name: 'Request' },
      inputs: [NodeConnectionTypes.Main],
      outputs: [NodeConnectionTypes.Main],
      credentials: [{ name: 'genesysCloudApi', required: true }],
      properties: [],
    },
    async execute() {
      const sent: INodeExecutionData[] = [];
      for (const { json } of this.getInputData()) {
        sent.push({ json: (await send(this, json as { url: string })) as IDataObject });
      }
      return [sent];
    },
  };
}

describe.each(helpers)('The credential in the HTTP Request node (%s)', (_, send) => {
  const request = async (
    credential: ICredentialDataDecryptedObject,
    ...triggerItems: IDataObject[]
  ): Promise<WorkflowRun> => {
    const credentials = { credential };
    const run = await runWorkflow(
      {
        nodes: [
          {
            id: 'trigger',
            name: 'Trigger',
            type: 'n8n-nodes-base.manualTrigger',
            typeVersion: 1,
            position: [0, 0],
            parameters: {},
          },
          {
            id: 'request',
            name: 'Request',
            type: 'test.request',
            typeVersion: 1,
            position: [200, 0],
            parameters: {},
            credentials: { genesysCloudApi: { id: 'credential', name: 'Simulator' } },
          },
        ],
        connections: { Trigger: { main: [[{ node: 'Request', type: 'main', index: 0 }]] } },
      },
      {
        nodeTypes: { 'test.request': requestNode(send) },
        credentialTypes: [new GenesysCloudApi()],
        credentials,
        triggerItems,
      },
    );
    // What the database would hold now.
    Object.assign(credential, credentials.credential);
    return run;
  };

  const callUrl = () =>
    `${simulator.current.url}/api/v2/conversations/${simulator.current.addCall().conversationId}`;

  it('signs in once and keeps the token', async () => {
    const credential = data({ apiUrl: ` ${simulator.current.url}/ ` });
    const url = callUrl();

    const first = await request(credential, { url }, { url });
    expect(first.error).toBeUndefined();
    expect(first.items('Request')[1]?.json).toHaveProperty('participants');
    await request(credential, { url });

    expect(simulator.current.journal.tokens()).toHaveLength(1);
  });

  it('renews a token that is refused', async () => {
    const credential = data();
    const url = callUrl();
    await request(credential, { url });
    const { accessToken } = credential;
    expect(accessToken).toEqual(expect.any(String));
    simulator.current.expireTokens();

    expect((await request(credential, { url })).items('Request')).toHaveLength(1);

    expect(credential['accessToken']).not.toBe(accessToken);
    expect(simulator.current.journal.tokens()).toHaveLength(2);
  });

  it('puts its token in the place of any other', async () => {
    const headers = { authorization: 'Bearer mine' };
    expect((await request(data(), { url: callUrl(), headers })).error).toBeUndefined();
  });

  it('says what is wrong with a wrong secret, without the secret', async () => {
    const clientSecret = 'not-the-right-one';
    const { error } = await request(data({ clientSecret }), { url: callUrl() });

    expect(error?.message).toMatch(/Client ID.*Client Secret/);
    const encoded = Buffer.from(`${simulator.current.clientId}:${clientSecret}`).toString('base64');
    const shown = inspect(error, { depth: 20 });
    expect(shown).not.toContain(clientSecret);
    expect(shown).not.toContain(encoded);
  });

  it('says so where nobody answers', async () => {
    const { error } = await request(data({ loginUrl: 'http://127.0.0.1:9' }), { url: callUrl() });
    expect(error?.message).toMatch(/^http:\/\/127\.0\.0\.1:9 does not answer/);
  });

  it('gives its token to nobody else', async () => {
    const other = await listen(200);
    for (const url of [`${other.url}/?key=k`, `${other.url.replace('//', '//127.0.0.1@')}/`]) {
      const { error } = await request(data(), { url });
      expect(error?.message).toBe(
        `This credential is for requests to ${simulator.current.url} only. This request goes to ${other.url}.`,
      );
    }
    expect((await request(data(), { url: '/api/v2' })).error?.message).toMatch(/full address/);
    expect(other.seen).toEqual([]);
  });

  it('looks at the base address of a request too', async () => {
    const other = await listen(200);
    const { error } = await request(data(), { url: '/api/v2', baseURL: other.url });
    expect(error?.message).toMatch(/This request goes to/);
    const { pathname } = new URL(callUrl());
    const good = { url: pathname, baseURL: simulator.current.url };
    expect((await request(data(), good)).error).toBeUndefined();
    expect(other.seen).toEqual([]);
  });

  it('does not take its token along where a reply sends it', async () => {
    const other = await listen(200);
    const api = await listen(302, { location: `${other.url}/elsewhere` });

    await request(data({ apiUrl: api.url }), { url: `${api.url}/api/v2` });

    expect(api.seen[0]).toHaveProperty('authorization');
    expect(other.seen).toHaveLength(1);
    expect(other.seen[0]).not.toHaveProperty('authorization');
  });

  it.each(['loginUrl', 'apiUrl'])('asks for https in %s', async (field) => {
    const credential = data({ [field]: REMOTE, accessToken: 'kept' });
    const { error } = await request(credential, { url: `${REMOTE}/api/v2` });
    expect(error?.message).toMatch(HTTPS_REQUIRED);
  });
});

describe('The credential of a region', () => {
  it('signs requests to the API and the login host of the region only', async () => {
    const credential = data({ region: 'mypurecloud.de', accessToken: 'kept' });
    const authenticate = async (url: string) =>
      await new GenesysCloudApi().authenticate(credential, { url });

    for (const host of ['api', 'login']) {
      expect(await authenticate(`https://${host}.mypurecloud.de/x`)).toMatchObject({
        headers: { Authorization: 'Bearer kept' },
      });
    }
    for (const url of [
      simulator.current.url,
      'http://api.mypurecloud.de/x',
      'https://api.mypurecloud.com/x',
      'https://api.mypurecloud.de.example/x',
    ]) {
      await expect(authenticate(url)).rejects.toThrow(
        'for requests to https://api.mypurecloud.de and https://login.mypurecloud.de only',
      );
    }
  });

  it('must be one that Genesys runs', async () => {
    expect(await test({ region: 'genesys.example' })).toEqual({
      status: 'Error',
      message: expect.stringMatching(/^The "Region" is none that Genesys runs/),
    });
  });
});
