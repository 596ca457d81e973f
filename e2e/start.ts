import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import * as z from 'zod/v4';

import { type Call, FAULT_KINDS, type Simulator, startSimulator } from '../simulator';
import { startChatModel } from './application/chat-model';
import { startCrm } from './application/crm';
import { EditorApi, OWNER } from './application/editor-api';
import { importCredentials, importExamples } from './application/imports';
import { installN8n } from './application/install';
import { N8n } from './application/n8n';
import { installPackage, packPackage, removePackage } from './application/our-package';
import { firstFreePort, requireFree } from './application/ports';
import { step } from './application/step';

/** Holds what this n8n keeps from one start to the next, workflows that were made in it included. */
const DEFAULT_FOLDER = join(__dirname, '../tmp/n8n');
const DEFAULT_PORT = '5678';
/** Where simulated systems listen, from here on: below the ports that the system hands out by itself. */
const FIRST_SIMULATED_PORT = 18_080;

const portsSchema = z.object({ genesys: z.int(), crm: z.int(), chatModel: z.int() });
type Ports = z.infer<typeof portsSchema>;

const say = (line: string) => {
  console.log(line);
};

async function main(): Promise<void> {
  const { folder, port } = readOptions();
  await requireFree(port, 'stop what listens there, or choose another: npm run n8n -- --port 5680');
  const kept = await keptPorts(folder);
  const ports = kept ?? (await choosePorts());
  for (const one of Object.values(ports)) {
    await requireFree(
      one,
      'a simulated system is to listen there. Stop what does now, or use another --folder',
    );
  }
  const installation = await installN8n(say);
  const n8n = new N8n({ installation, userFolder: folder, port });
  const tarball = await step(say, 'Compiling and packing this package: about 10 s', packPackage);
  await step(say, 'Installing it into n8n: about 10 s', async () => {
    await removePackage(n8n.packagesFolder);
    await installPackage(tarball, n8n.packagesFolder);
    await rm(dirname(tarball), { recursive: true });
  });

  await using stack = new AsyncDisposableStack();
  const closeAtEnd = <One extends { close(): Promise<void> }>(one: One): One =>
    stack.adopt(one, async () => {
      await one.close();
    });
  const simulator = closeAtEnd(await startSimulator({ port: ports.genesys }));
  const crm = closeAtEnd(await startCrm(ports.crm));
  const notes = { mood: 'angry', call_reason: 'invoice', lang: 'en' };
  const chatModel = closeAtEnd(await startChatModel(notes, ports.chatModel));
  simulator.addCall({ attributes: { lang: 'de' }, waitingForMs: 600_000 });
  // The latest is the first to be seen.
  const call = simulator.addCall({ attributes: { priority: 'normal', lang: 'en' } });
  call.keepChanging(2000);

  if (!kept) {
    const addresses = { genesys: simulator, crm: crm.url, chatModel: chatModel.url };
    await step(say, 'Bringing in credentials and example workflows: about 20 s', async () => {
      await importCredentials(n8n, addresses);
      await importExamples(n8n, addresses);
    });
  }

  const stop = new AbortController();
  const asked = new Promise<'stop'>((tell) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        stop.abort();
        tell('stop');
      });
    }
  });
  say(`n8n logs to ${n8n.logFile}`);
  const starting = step(say, 'Starting n8n: up to a minute', () => n8n.start(stop.signal));
  const running = await starting.catch((error: unknown) => {
    // In a terminal, Ctrl+C stops n8n itself, too.
    if (!stop.signal.aborted) throw error;
    return undefined;
  });
  if (!running) return;
  stack.defer(async () => {
    await running.stop();
  });
  if (!kept) {
    await new EditorApi(n8n.url).signIn();
    await writeFile(portsFile(folder), JSON.stringify(ports));
  }
  say(welcome(n8n, folder, simulator, call));

  const reason = await Promise.race([asked, running.ended]);
  if (reason !== 'stop') throw new Error(`n8n has ended by itself. See ${n8n.logFile}.`);
  say('\nStopping n8n');
}

function readOptions(): { port: number; folder: string } {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env['N8N_PORT'] ?? DEFAULT_PORT },
      folder: { type: 'string', default: DEFAULT_FOLDER },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`--port ${values.port} is no port: choose one from 1 to 65535.`);
  }
  return { port, folder: resolve(values.folder) };
}

/** Where the simulated systems listen. The examples hold these addresses, so they stay the same. */
const portsFile = (folder: string) => join(folder, 'ports.json');

/** From the first start, where that came to its end. */
async function keptPorts(folder: string): Promise<Ports | undefined> {
  const text = await readFile(portsFile(folder), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : portsSchema.parse(JSON.parse(text));
}

async function choosePorts(): Promise<Ports> {
  const genesys = await firstFreePort(FIRST_SIMULATED_PORT);
  const crm = await firstFreePort(genesys + 1);
  return { genesys, crm, chatModel: await firstFreePort(crm + 1) };
}

function welcome(
  n8n: N8n,
  folder: string,
  { url, windowUrl }: Simulator,
  { conversationId }: Call,
): string {
  return `
n8n is at         ${n8n.url}
  Workflows       ${n8n.url}/home/workflows
  E-mail          ${OWNER.email}
  Password        ${OWNER.password}

A simulated Genesys Cloud is at ${url}, with a live call that changes every 2 s.
  Its window      ${windowUrl}
  Conversation ID ${conversationId}
  See it          curl ${url}/_simulator/calls/${conversationId}

The window shows the call and every request, lets other systems write, and makes things go wrong by
buttons. Without a browser, a conflict for the next three writes:
  curl ${url}/_simulator/faults -d '{"on":"write","kind":"conflict","times":3}'
docs/simulator.md says what each kind of fault does:
${inLines(FAULT_KINDS)}

The example workflows are there, with their credentials and with the addresses of a stand-in CRM and a
stand-in chat model on this machine. Publish "Enrich a live call from the CRM", and a second later:
  curl ${n8n.url}/webhook/genesys-enrich-call -H 'content-type: application/json' \\
    -d '{ "conversationId": "${conversationId}", "phone": "+49 30 1234567" }'
Of every other webhook, the note in its workflow says what to send.

What you make is kept in ${folder} for the next start, but for the call,
which is a new one. Delete that folder to begin anew.
Ctrl+C stops it.`;
}

/** A list in lines of a few words each. */
function inLines(words: readonly string[]): string {
  const perLine = 6;
  return words
    .flatMap((_, at) => (at % perLine === 0 ? [words.slice(at, at + perLine)] : []))
    .map((line) => `  ${line.join(', ')}`)
    .join(',\n');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
