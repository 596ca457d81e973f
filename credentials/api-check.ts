import { shared } from '../genesys/shared';
import { GenesysError, type Obstacle } from '../genesys/transport/genesys-error';
import { type HttpReply, send } from '../genesys/transport/http';
import type { Hosts } from '../genesys/transport/hosts';

/** The permission without which no conversation can be read. */
export const PERMISSION = 'conversation:communication:view';
export const SCOPE = 'conversations';

/** A conversation that nobody has (RFC 9562, section 5.9). Whoever may read conversations hears so. */
const NOBODYS_CONVERSATION = '/api/v2/conversations/00000000-0000-0000-0000-000000000000';

/** What the API says to that when all is well. */
const NO_SUCH = new Set([200, 400, 404]);

const TIMEOUT_MS = 10_000;

/**
 * Asks the API for something harmless in the name of a client, as the node will: by the same
 * connections and with the same permission.
 *
 * @throws in words for the screen of the credential; nothing that a server has sent is among them.
 */
export async function checkApi({ apiUrl, loginUrl }: Hosts, token: string): Promise<void> {
  const reply = await send(shared.connections, {
    method: 'GET',
    url: apiUrl + NOBODYS_CONVERSATION,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    timeoutMs: TIMEOUT_MS,
  }).catch((error: unknown) => {
    throw new Error(noAnswer(error, apiUrl));
  });
  if (NO_SUCH.has(reply.status) && isJson(reply)) return;
  throw new Error(complaint(reply, apiUrl, loginUrl));
}

function complaint(reply: HttpReply, apiUrl: string, loginUrl: string): string {
  const { status } = reply;
  if (status === 401) {
    return `The sign-in works, but ${apiUrl} does not take the token that ${loginUrl} gives. Perhaps the two are of different regions: check the "Login URL" and the "API URL".`;
  }
  if (status === 403 && isJson(reply)) {
    return `The sign-in works, but this OAuth client may not read conversations. Give one of its roles the permission "${PERMISSION}", and the client the scope "${SCOPE}".`;
  }
  if (status === 429) {
    return `The sign-in works, but ${apiUrl} asks for a pause (429). Test again in a minute.`;
  }
  if (status >= 500) {
    return `The sign-in works, but ${apiUrl} answers with the status ${status}. Test again later.`;
  }
  return `The sign-in works, but what answers at ${apiUrl} does not seem to be the API of Genesys Cloud (status ${status}). Check the region or the "API URL".`;
}

const OBSTACLES: Record<Obstacle, string> = {
  certificate:
    'n8n does not trust its certificate. Where your company or its proxy signs certificates itself, name its CA in NODE_EXTRA_CA_CERTS in the environment of n8n, and start n8n anew.',
  name: 'Where n8n runs, that name is not known. Check the region or the "API URL".',
  proxy: 'Check the proxy in the environment of n8n (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY).',
};

function noAnswer(error: unknown, apiUrl: string): string {
  const obstacle = error instanceof GenesysError ? error.details.obstacle : undefined;
  const advice = obstacle ? OBSTACLES[obstacle] : 'Check the region or the "API URL".';
  return `The sign-in works, but the API at ${apiUrl} does not answer. ${advice}`;
}

function isJson({ text }: HttpReply): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null;
  } catch {
    return false;
  }
}
