import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import type { Simulator } from '../../simulator';
import type { N8n } from './n8n';

const EXAMPLES = join(__dirname, '../../examples');

/** Ids of the credentials, so that an import replaces what an earlier one brought. */
const CREDENTIAL_IDS = { genesys: 'genesysSimulator', chatModel: 'chatModelStandIn' };

/** Addresses that stand in examples, and what to put in their place. */
export interface Addresses {
  readonly genesys: Pick<Simulator, 'url' | 'clientId' | 'clientSecret'>;
  readonly crm: string;
  readonly chatModel: string;
}

/** Imports the credentials that the examples ask for by name, with n8n's command for it. */
export async function importCredentials(
  n8n: N8n,
  { chatModel, genesys }: Addresses,
): Promise<void> {
  const { clientId, clientSecret, url } = genesys;
  const credentials = [
    {
      id: CREDENTIAL_IDS.genesys,
      name: 'Genesys Cloud account',
      type: 'genesysCloudApi',
      data: { region: 'custom', loginUrl: url, apiUrl: url, clientId, clientSecret },
    },
    {
      id: CREDENTIAL_IDS.chatModel,
      name: 'OpenAI account',
      type: 'openAiApi',
      data: { apiKey: 'none', url: `${chatModel}/v1` },
    },
  ];
  await withFolder(async (folder) => {
    const file = join(folder, 'credentials.json');
    await writeFile(file, JSON.stringify(credentials));
    await n8n.command('import:credentials', `--input=${file}`);
  });
}

/** Imports all examples, with n8n's command for it. Each has the name of its file as its id. */
export async function importExamples(n8n: N8n, { crm, genesys }: Addresses): Promise<void> {
  await withFolder(async (folder) => {
    for (const file of await readdir(EXAMPLES)) {
      const text = (await readFile(join(EXAMPLES, file), 'utf8'))
        .replaceAll('https://crm.example.com', crm)
        .replaceAll('https://api.mypurecloud.com', genesys.url);
      const id = basename(file, '.json');
      // Older versions of n8n make neither of these up.
      const made = { active: false, versionId: randomUUID() };
      const workflow = { id, ...made, ...(JSON.parse(text) as object) };
      await writeFile(join(folder, file), JSON.stringify(workflow));
    }
    await n8n.command('import:workflow', '--separate', `--input=${folder}`);
  });
}

/** An example as it is, with the credentials named and the addresses that stand in it. */
export async function readExample(name: string): Promise<object> {
  return JSON.parse(await readFile(join(EXAMPLES, `${name}.json`), 'utf8')) as object;
}

/** Lends a folder for what n8n imports, secrets in clear included. */
async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'import-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
