import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import * as z from 'zod/v4';

import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator';
import { startChatModel } from '../application/chat-model';
import { complaintsIn } from '../application/complaints';
import { type Crm, startCrm } from '../application/crm';
import { EditorApi } from '../application/editor-api';
import { importCredentials, importExamples, readExample } from '../application/imports';
import { N8n, type N8nProcess } from '../application/n8n';
import { freePort } from '../application/ports';
import { publish } from '../application/publish';

const workflow = z.object({ data: z.object({ id: z.string() }) });

/** What n8n answers for a webhook that it does not know. */
const notRegistered = z.object({ message: z.string().includes('is not registered') });

/** A reply of a webhook. */
export interface WebhookReply {
  readonly status: number;
  readonly body: unknown;
}

/** A real n8n with the packed package, the credentials that examples need, and all that they talk to. */
export interface Stage {
  readonly n8n: N8n;
  readonly editor: EditorApi;
  readonly simulator: Simulator;
  readonly crm: Crm;
  /** Where n8n keeps everything. */
  readonly userFolder: string;
  /** Brings all examples in, with n8n's own command for it. */
  importExamples(): Promise<void>;
  /** Saves an example that needs no addresses of the stage's, and publishes it. */
  publishExample(name: string): Promise<void>;
  /** Makes a workflow's triggers work. */
  publish(id: string): Promise<void>;
  /** Saves a workflow of the test's own; gives its ID. */
  saveNew(workflow: object): Promise<string>;
  /** Saves a workflow of the test's own, and publishes it. */
  publishNew(workflow: object): Promise<string>;
  /** Calls a webhook at its production URL. */
  post(path: string, body: object): Promise<WebhookReply>;
  /** Lines of n8n's log that complain about this package. */
  complaints(): Promise<string[]>;
  /** Stops n8n, does something, and starts it again. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with their config.`);
  return value;
}

/** The folder that n8n is installed in. */
function installation(): string {
  return fromEnvironment('E2E_INSTALLATION');
}

/** After a workflow is published, its webhook may answer 404 for so long. */
const REGISTERED_WITHIN_MS = 30_000;

/** What the chat model wants noted. */
export const NOTED_BY_AGENT = { mood: 'angry', call_reason: 'invoice', lang: 'en' };

/** @param env - settings of this n8n beside the usual ones */
export async function openStage(
  options: SimulatorOptions = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  // Undone in the opposite order, also where opening fails half-way.
  await using stack = new AsyncDisposableStack();
  const userFolder = await mkdtemp(join(tmpdir(), 'e2e-n8n-'));
  stack.defer(async () => {
    // The task runner of a worker that was killed may still be writing.
    await rm(userFolder, { recursive: true, force: true, maxRetries: 5 });
  });
  const closeAtEnd = <One extends { close(): Promise<void> }>(one: One): One =>
    stack.adopt(one, async () => {
      await one.close();
    });
  const simulator = closeAtEnd(await startSimulator({ clientSecret: randomUUID(), ...options }));
  const crm = closeAtEnd(await startCrm());
  const chatModel = closeAtEnd(await startChatModel(NOTED_BY_AGENT));
  const n8n = new N8n({
    installation: installation(),
    userFolder,
    port: await freePort(),
    env: { N8N_LOG_LEVEL: 'debug', N8N_LOG_FORMAT: 'json', ...env },
  });
  await cp(fromEnvironment('E2E_PACKAGES'), n8n.packagesFolder, {
    recursive: true,
    verbatimSymlinks: true,
  });
  const addresses = { genesys: simulator, crm: crm.url, chatModel: chatModel.url };
  await importCredentials(n8n, addresses);

  let running: N8nProcess = await n8n.start();
  stack.defer(async () => {
    await running.stop();
  });
  const editor = new EditorApi(n8n.url);
  await editor.signIn();

  const post = async (path: string, body: object) => {
    const response = await fetch(`${n8n.url}/webhook/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: bodyOf(await response.text()) };
  };
  const saveNew = async (content: object) => {
    // Older versions of n8n want to be told that it is not active yet.
    const inactive = { active: false, ...content };
    const { data } = workflow.parse(await editor.call('POST', '/workflows', inactive));
    return data.id;
  };
  const publishNew = async (content: object) => {
    const id = await saveNew(content);
    await publish(editor, id);
    return id;
  };
  const undo = stack.move();
  return {
    n8n,
    editor,
    simulator,
    crm,
    userFolder,
    importExamples: async () => {
      await importExamples(n8n, addresses);
    },
    publishExample: async (name) => {
      await publishNew(await readExample(name));
    },
    publish: async (id) => {
      await publish(editor, id);
    },
    saveNew,
    publishNew,
    post: async (path, body) => {
      const from = performance.now();
      for (;;) {
        const reply = await post(path, body);
        // Published is not yet registered.
        const registered = reply.status !== 404 || !notRegistered.safeParse(reply.body).success;
        if (registered || performance.now() - from > REGISTERED_WITHIN_MS) return reply;
        await sleep(200);
      }
    },
    complaints: async () => {
      const log = await readFile(n8n.logFile, 'utf8');
      // The folder that n8n is installed in has the package's name in it.
      return complaintsIn(log.replaceAll(dirname(installation()), ''));
    },
    restart: async (meanwhile) => {
      await running.stop();
      await meanwhile();
      running = await n8n.start();
    },
    close: async () => {
      await undo.disposeAsync();
    },
  };
}

/** A reply's body: JSON mostly, but n8n answers some errors in plain text. */
function bodyOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
