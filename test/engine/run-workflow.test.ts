import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';
import {
  NodeConnectionTypes,
  NodeOperationError,
  type ICredentialDataDecryptedObject,
  type ICredentialType,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeProperties,
  type INodeType,
} from 'n8n-workflow';

import { runListSearch } from '../../engine/run-list-search';
import { runWorkflow, startWorkflow, type WorkflowJson } from '../../engine/run-workflow';
import { testCredential } from '../../engine/test-credential';

/** A credential whose token is fetched with the secret and then sent along, as OAuth clients do. */
class PassportApi implements ICredentialType {
  name = 'passportApi';
  displayName = 'Passport API';
  properties: INodeProperties[] = [
    { displayName: 'Origin', name: 'origin', type: 'string', default: '' },
    { displayName: 'Region', name: 'region', type: 'string', default: 'eu' },
    { displayName: 'Secret', name: 'secret', type: 'string', default: '' },
    {
      displayName: 'Token',
      name: 'token',
      type: 'hidden',
      typeOptions: { expirable: true },
      default: '',
    },
  ];
  authenticate = {
    type: 'generic',
    properties: { headers: { Authorization: '=Bearer {{ $credentials.token }}' } },
  } as const;
  test = { request: { baseURL: '={{ $credentials.origin }}', url: '/me' } };

  preAuthentication = async function (
    this: { helpers: { httpRequest(options: object): Promise<unknown> } },
    { origin, secret }: ICredentialDataDecryptedObject,
  ): Promise<IDataObject> {
    const url = `${origin as string}/token/${secret as string}`;
    return { token: String(await this.helpers.httpRequest({ url })) };
  };
}

type Execute = (node: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

/** A node type with one parameter, "text", that does what it is told. */
function nodeType(execute: Execute): INodeType {
  return {
    description: {
      name: 'probe',
      displayName: 'Probe',
      description: 'Tries the engine',
      group: ['transform'],
      version: 1,
      defaults: { name: 'Probe' },
      inputs: [NodeConnectionTypes.Main],
      outputs: [NodeConnectionTypes.Main],
      credentials: [{ name: 'passportApi' }],
      properties: [{ displayName: 'Text', name: 'text', type: 'string', default: 'nothing' }],
    },
    execute(this: IExecuteFunctions) {
      return execute(this);
    },
    methods: {
      listSearch: {
        async letters(filter) {
          const { region } = await this.getCredentials<{ region: string }>('passportApi');
          const start = this.getCurrentNodeParameter('text') as string;
          return {
            results: [{ name: `${start} ${String(filter)}`, value: region }],
          };
        },
      },
    },
  };
}

/** Resolves "text" for every item, and fails at those where it says "fail". */
const echo: Execute = (node) => {
  const results = node.getInputData().map((_, item): INodeExecutionData => {
    const text = node.getNodeParameter('text', item) as string;
    if (text !== 'fail') return { json: { text }, pairedItem: { item } };
    if (!node.continueOnFail()) throw new NodeOperationError(node.getNode(), 'It said fail');
    return { json: { error: 'It said fail' }, pairedItem: { item } };
  });
  return Promise.resolve([results]);
};

interface Probe {
  readonly trigger?: string;
  readonly text?: string;
  readonly settings?: object;
}

/** Trigger → Probe → After, with the probe's error branch going to Failed. */
function probeWorkflow({ trigger = 'manualTrigger', text = '', settings = {} }: Probe = {}) {
  const main = (...targets: string[]): object => ({
    main: targets.map((node) => [{ node, type: 'main', index: 0 }]),
  });
  const node = (name: string, type: string, more: object = {}): object => ({
    id: name,
    name,
    type,
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
    ...more,
  });
  return {
    name: 'Probe',
    nodes: [
      node('Note', 'n8n-nodes-base.stickyNote'),
      node('Start', `n8n-nodes-base.${trigger}`, { typeVersion: 2.1 }),
      node('Probe', 'probe', {
        parameters: { text },
        credentials: { passportApi: { id: 'k7', name: 'Passport' } },
        ...settings,
      }),
      node('After', 'n8n-nodes-base.noOp'),
      node('Failed', 'n8n-nodes-base.noOp'),
    ],
    connections: { Start: main('Probe'), Probe: main('After', 'Failed') },
    settings: { executionOrder: 'v1' },
  } satisfies WorkflowJson;
}

const json = (items: readonly INodeExecutionData[]): IDataObject[] => items.map((it) => it.json);

const words = [{ word: 'ant' }, { word: 'fail' }, { word: 'cat' }];

describe('runWorkflow', () => {
  it('resolves expressions for every item', async () => {
    const run = await runWorkflow(
      probeWorkflow({ text: "={{ $json.word.toTitleCase() }} of {{ $('Start').item.json.word }}" }),
      { nodeTypes: { probe: nodeType(echo) }, triggerItems: [{ word: 'ant' }, { word: 'bee' }] },
    );

    expect(run.error).toBeUndefined();
    expect(json(run.items('After'))).toEqual([{ text: 'Ant of ant' }, { text: 'Bee of bee' }]);
    expect(run.items('Failed')).toEqual([]);
  });

  it('resolves what the execution offers to expressions', async () => {
    const run = await runWorkflow(
      probeWorkflow({ text: '={{ $execution.mode }} {{ $workflow.name }} {{ $itemIndex }}' }),
      { nodeTypes: { probe: nodeType(echo) } },
    );

    expect(json(run.items('After'))).toEqual([{ text: 'test Probe 0' }]);
  });

  it.each([
    ['manualTrigger', 'manual'],
    ['executeWorkflowTrigger', 'integrated'],
    ['webhook', 'webhook'],
    ['scheduleTrigger', 'trigger'],
  ])('starts at a %s', async (trigger, mode) => {
    const modeOf: Execute = (node) => Promise.resolve([[{ json: { mode: node.getMode() } }]]);
    const run = await runWorkflow(probeWorkflow({ trigger }), {
      nodeTypes: { probe: nodeType(modeOf) },
    });

    expect(json(run.items('After'))).toEqual([{ mode }]);
  });

  it('hands credentials to nodes, by id or by name, with defaults and expressions', async () => {
    const show: Execute = async (node) => {
      const { secret, region } = await node.getCredentials<IDataObject>('passportApi');
      return [[{ json: { secret, region } }]];
    };
    const options = {
      nodeTypes: { probe: nodeType(show) },
      credentialTypes: [new PassportApi()],
      triggerItems: [{ word: 'ant' }],
    };
    const byId = await runWorkflow(probeWorkflow(), {
      ...options,
      credentials: { k7: { secret: 'open' } },
    });
    const byName = await runWorkflow(probeWorkflow(), {
      ...options,
      credentials: { Passport: { secret: '={{ $json.word }}', region: 'us' } },
    });

    expect(json(byId.items('Probe'))).toEqual([{ secret: 'open', region: 'eu' }]);
    expect(json(byName.items('Probe'))).toEqual([{ secret: 'ant', region: 'us' }]);
  });

  it('stops at an error, and says which', async () => {
    const run = await runWorkflow(probeWorkflow({ text: '={{ $json.word }}' }), {
      nodeTypes: { probe: nodeType(echo) },
      triggerItems: words,
    });

    expect(run.error?.message).toBe('It said fail');
    expect(run.data.status).toBe('error');
    expect(run.items('After')).toEqual([]);
  });

  it('sends failed items to the error branch, with the items they come from', async () => {
    const run = await runWorkflow(
      probeWorkflow({ text: '={{ $json.word }}', settings: { onError: 'continueErrorOutput' } }),
      { nodeTypes: { probe: nodeType(echo) }, triggerItems: words },
    );

    expect(run.error).toBeUndefined();
    expect(json(run.items('Probe'))).toEqual([{ text: 'ant' }, { text: 'cat' }]);
    expect(run.items('Probe', 1)).toEqual([
      { json: { word: 'fail', error: 'It said fail' }, pairedItem: { item: 1 } },
    ]);
    expect(json(run.items('Failed'))).toEqual([{ word: 'fail', error: 'It said fail' }]);
  });

  it.each([{ continueOnFail: true }, { onError: 'continueRegularOutput' }])(
    'goes on after a failed item with %j',
    async (settings) => {
      const run = await runWorkflow(probeWorkflow({ text: '={{ $json.word }}', settings }), {
        nodeTypes: { probe: nodeType(echo) },
        triggerItems: words,
      });

      expect(json(run.items('After'))).toEqual([
        { text: 'ant' },
        { error: 'It said fail' },
        { text: 'cat' },
      ]);
    },
  );

  it('runs a node again that is set to retry', async () => {
    let tries = 0;
    const atSecondTry: Execute = (node) =>
      ++tries === 1 ? Promise.reject(new Error('Not yet')) : Promise.resolve([node.getInputData()]);
    const run = await runWorkflow(
      probeWorkflow({ settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } }),
      { nodeTypes: { probe: nodeType(atSecondTry) } },
    );

    expect(run.error).toBeUndefined();
    expect(tries).toBe(2);
  });

  it('shows the hints a node gives', async () => {
    const hinting: Execute = (node) => {
      node.addExecutionHints({ message: 'Mind the gap', location: 'outputPane' });
      return Promise.resolve([node.getInputData()]);
    };
    const run = await runWorkflow(probeWorkflow(), { nodeTypes: { probe: nodeType(hinting) } });

    expect(run.hints('Probe')).toEqual([{ message: 'Mind the gap', location: 'outputPane' }]);
    expect(run.hints('After')).toEqual([]);
  });

  it('aborts the signal of the running node on cancel', async () => {
    let started = (): void => undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    const untilAborted: Execute = async (node) => {
      started();
      await delay(60_000, undefined, { signal: node.getExecutionCancelSignal() });
      return [node.getInputData()];
    };
    const workflow = startWorkflow(probeWorkflow(), {
      nodeTypes: { probe: nodeType(untilAborted) },
    });
    await running;
    workflow.cancel();
    // A timer of the same event loop: where the process itself stalls, both are late alike.
    const run = await Promise.race([workflow.done, delay(500, undefined, { ref: false })]);
    if (!run) throw new Error('The workflow had not ended 500 ms after it was cancelled.');

    expect(run.error?.message).toBe('The operation was aborted');
    expect(run.items('After')).toEqual([]);
  });

  it('keeps runs at the same time apart', async () => {
    const slowEcho: Execute = async (node) => {
      await delay(Math.random() * 20);
      return await echo(node);
    };
    const workflow = probeWorkflow({ text: '={{ $json.word }} {{ $execution.id }}' });
    const untouched = structuredClone(workflow);
    const words = Array.from({ length: 50 }, (_, index) => `word${String(index)}`);
    const runs = await Promise.all(
      words.map((word) =>
        runWorkflow(workflow, {
          nodeTypes: { probe: nodeType(slowEcho) },
          triggerItems: [{ word }],
        }),
      ),
    );

    const texts = runs.map((run) => (run.items('After')[0]?.json['text'] as string).split(' '));
    expect(texts.map(([word]) => word)).toEqual(words);
    expect(new Set(texts.map(([, executionId]) => executionId)).size).toBe(50);
    expect(workflow).toEqual(untouched);
  });

  it('says what is missing', async () => {
    const nodeTypes = { probe: nodeType(echo) };
    const run = await runWorkflow(probeWorkflow(), { nodeTypes });

    expect(() => run.items('Prob')).toThrow('The workflow has no node "Prob"');
    await expect(runWorkflow(probeWorkflow(), { nodeTypes: {} })).rejects.toThrow(
      'No node type "probe" was given to the engine',
    );
    await expect(
      runWorkflow({ ...probeWorkflow(), nodes: probeWorkflow().nodes.slice(2) }, { nodeTypes }),
    ).rejects.toThrow('The workflow has no enabled trigger');
  });

  it('leaves nothing behind that would keep the process alive', async () => {
    const script = `
      const { runWorkflow } = require('./engine/run-workflow');
      const node = { id: 'a', name: 'Start', type: 'n8n-nodes-base.manualTrigger',
        typeVersion: 1, position: [0, 0], parameters: {} };
      runWorkflow({ nodes: [node], connections: {} }, { nodeTypes: {} })
        .then((run) => console.log(process.env.N8N_USER_FOLDER, run.data.status));`;
    const child = spawn(process.execPath, [require.resolve('tsx/cli'), '-e', script], {
      env: { ...process.env, N8N_USER_FOLDER: undefined },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const [code] = (await once(child, 'exit')) as [number];

    const [, home = ''] = /^(\S+) success\n$/.exec(output) ?? [];
    expect(home).toContain('n8n-engine-');
    expect(existsSync(home)).toBe(false);
    expect(code).toBe(0);
  }, 20_000);
});

describe('with a service', () => {
  let server: Server | undefined;

  afterEach(() => void server?.close());

  /** Gives out the token "t1", "t2", … for the right secret, and serves who has the last one. */
  async function service(): Promise<{ origin: string; seen: string[] }> {
    const seen: string[] = [];
    let tokens = 0;
    const statusOf = ({ url, headers }: IncomingMessage): number => {
      if (url === '/token/right') return 200;
      return headers.authorization === `Bearer t${String(tokens)}` ? 200 : 401;
    };
    server = createServer((request, response) => {
      seen.push(`${String(request.url)} ${request.headers.authorization ?? ''}`.trim());
      const status = statusOf(request);
      if (request.url === '/token/right') tokens++;
      response
        .writeHead(status)
        .end(request.url === '/me' ? '{"name":"Ann"}' : `t${String(tokens)}`);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return { origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen };
  }

  it('authenticates requests and keeps the fetched token with the credential', async () => {
    const { origin, seen } = await service();
    const whoAmI: Execute = async (node) => {
      const request = { url: `${origin}/me` };
      const me: unknown = await node.helpers.httpRequestWithAuthentication.call(
        node,
        'passportApi',
        request,
      );
      return [[{ json: me as IDataObject }]];
    };
    const credentials = { k7: { origin, secret: 'right', token: 'expired' } };
    const options = {
      nodeTypes: { probe: nodeType(whoAmI) },
      credentialTypes: [new PassportApi()],
      credentials,
    };
    const first = await runWorkflow(probeWorkflow(), options);
    await runWorkflow(probeWorkflow(), options);

    expect(json(first.items('After'))).toEqual([{ name: 'Ann' }]);
    expect(seen).toEqual(['/me Bearer expired', '/token/right', '/me Bearer t1', '/me Bearer t1']);
    expect(credentials.k7.token).toBe('t1');
  });

  it('tests a credential as the test button does', async () => {
    const { origin } = await service();
    const type = new PassportApi();

    expect(await testCredential(type, { origin, secret: 'right', token: 'old' })).toEqual({
      status: 'OK',
      message: 'Connection successful!',
    });
    expect(await testCredential(type, { origin, secret: 'wrong' })).toEqual({
      status: 'Error',
      message: 'Unauthorized',
    });
    expect(await testCredential(type, { origin: 'http://127.0.0.1:1', secret: 'right' })).toEqual({
      status: 'Error',
      message: 'ECONNREFUSED',
    });
  });
});

describe('runListSearch', () => {
  it('runs the method behind a list with parameters, credentials and the search text', async () => {
    const { results } = await runListSearch(nodeType(echo), 'letters', {
      credential: { type: new PassportApi(), data: {} },
      parameters: { text: 'alpha' },
      filter: 'be',
    });

    expect(results).toEqual([{ name: 'alpha be', value: 'eu' }]);
  });
});
