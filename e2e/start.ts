import { access, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { type Call, type Simulator, startSimulator } from '../simulator';
import { startChatModel } from './application/chat-model';
import { startCrm } from './application/crm';
import { EditorApi, OWNER } from './application/editor-api';
import { importCredentials, importExamples } from './application/imports';
import { installN8n } from './application/install';
import { N8n } from './application/n8n';
import { installPackage, packPackage, removePackage } from './application/our-package';
import { requireFree } from './application/ports';

/** Holds what this n8n keeps from one start to the next, workflows that were made in it included. */
const USER_FOLDER = join(__dirname, '../tmp/n8n');
const DEFAULT_PORT = '5678';

const say = (line: string) => {
  console.log(line);
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: process.env['N8N_PORT'] ?? DEFAULT_PORT } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`--port ${values.port} is no port: choose one from 1 to 65535.`);
  }
  await requireFree(port, 'stop what listens there, or choose another: npm run n8n -- --port 5680');

  const installation = await installN8n(say);
  say('Packing and installing this package');
  const n8n = new N8n({ installation, userFolder: USER_FOLDER, port });
  await removePackage(n8n.packagesFolder);
  const tarball = await packPackage();
  await installPackage(tarball, n8n.packagesFolder);
  await rm(dirname(tarball), { recursive: true });

  const simulator = await startSimulator();
  const call = simulator.addCall({ attributes: { priority: 'normal', lang: 'en' } });
  call.keepChanging(2000);
  simulator.addCall({ attributes: { lang: 'de' }, waitingForMs: 600_000 });
  const crm = await startCrm();
  const chatModel = await startChatModel({ attributes: { mood: 'angry', lang: 'en' } });
  try {
    const addresses = { genesys: simulator, crm: crm.url, chatModel: chatModel.url };
    const isNew = !(await exists(join(USER_FOLDER, '.n8n', 'database.sqlite')));
    say('Bringing in the credentials of the simulator');
    await importCredentials(n8n, addresses);
    if (isNew) say('Bringing in the example workflows');
    if (isNew) await importExamples(n8n, addresses);

    say('Starting n8n');
    const running = await n8n.start();
    await new EditorApi(n8n.url).signIn();
    say(welcome(n8n, simulator, call));

    const asked = new Promise<'stop'>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          resolve('stop');
        });
      }
    });
    const reason = await Promise.race([asked, running.ended]);
    if (reason === 'stop') say('\nStopping n8n');
    await running.stop();
    if (reason !== 'stop') throw new Error(`n8n has ended by itself. See ${n8n.logFile}.`);
  } finally {
    await Promise.all([simulator.close(), crm.close(), chatModel.close()]);
  }
}

function welcome(n8n: N8n, { url }: Simulator, { conversationId }: Call): string {
  return `
n8n is at         ${n8n.url}
  E-mail          ${OWNER.email}
  Password        ${OWNER.password}

A simulated Genesys Cloud is at ${url}, with a live call that changes state every 2 s.
  Conversation ID ${conversationId}
  See it          curl ${url}/_simulator/calls/${conversationId}

The example workflows are there, with their credentials. Publish "Enrich a live call from the CRM",
and then:
  curl ${n8n.url}/webhook/genesys-enrich-call -H 'content-type: application/json' \\
    -d '{ "conversationId": "${conversationId}", "phone": "+49 30 1234567" }'

What you make is kept in tmp/n8n for the next start; delete that folder to begin anew.
Ctrl+C stops it.`;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
