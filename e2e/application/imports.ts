import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { Simulator } from '../../simulator';
import type { N8n } from './n8n';

export const EXAMPLES = join(__dirname, '../../examples');

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
  folder: string,
  { chatModel, genesys }: Addresses,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const input = join(folder, 'credentials.json');
  const { clientId, clientSecret, url } = genesys;
  await writeFile(
    input,
    JSON.stringify([
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
    ]),
  );
  await n8n.command('import:credentials', `--input=${input}`);
}

/**
 * Imports all examples, with n8n's command for it. Each has the name of its file as its id.
 *
 * @returns the ids
 */
export async function importExamples(
  n8n: N8n,
  folder: string,
  { crm, genesys }: Addresses,
): Promise<string[]> {
  const input = join(folder, 'workflows');
  await mkdir(input, { recursive: true });
  const files = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.json'));
  const ids = files.map((file) => basename(file, '.json'));
  for (const [index, file] of files.entries()) {
    const text = (await readFile(join(EXAMPLES, file), 'utf8'))
      .replaceAll('https://crm.example.com', crm)
      .replaceAll('https://api.mypurecloud.com', genesys.url);
    const workflow = JSON.parse(text) as object;
    await writeFile(join(input, file), JSON.stringify({ id: ids[index], ...workflow }));
  }
  await n8n.command('import:workflow', '--separate', `--input=${input}`);
  return ids;
}
