import type http from 'node:http';

import type { IDataObject } from 'n8n-workflow';

import { byId, type NodeRun, rows, run } from '../engine/set-up';
import { type HttpServer, type Received, sendJson, serve } from '../genesys/transport/servers';

export const CONVERSATION_ID = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';
export const PARTICIPANT_ID = '7c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f';

/** Answers a request in its own way; where it does not, the platform answers as it should. */
type Answer = (
  request: Received,
  response: http.ServerResponse,
  count: number,
) => void | Promise<void>;

export interface Platform extends HttpServer {
  /** What came in for the API. */
  readonly api: readonly Received[];
  readonly signIns: readonly Received[];
}

/** A platform with versioned participants whose answers a test may replace, until the test ends. */
export async function platform(answers: { api?: Answer; signIn?: Answer } = {}): Promise<Platform> {
  const api: Received[] = [];
  const signIns: Received[] = [];
  const records = new Map<string, { version: number; attributes: unknown }>();
  const server = await serve(async (request, response) => {
    if (request.url.endsWith('/oauth/token')) {
      signIns.push(request);
      await answers.signIn?.(request, response, signIns.length);
      if (isAnswered(response)) return;
      sendJson(response, 200, { access_token: 'the-token', expires_in: 86_400 });
      return;
    }
    api.push(request);
    await answers.api?.(request, response, api.length);
    if (isAnswered(response)) return;
    const record = records.get(request.url) ?? { version: 1, attributes: {} };
    records.set(request.url, record);
    if (request.method === 'PUT') {
      record.version++;
      ({ attributes: record.attributes } = JSON.parse(request.body) as { attributes: unknown });
    }
    sendJson(response, 200, { id: PARTICIPANT_ID, ...record });
  });
  return { ...server, api, signIns };
}

function isAnswered(response: http.ServerResponse): boolean {
  return response.headersSent || response.destroyed;
}

/** Sets an attribute of the one participant, and gives what comes out. */
export async function setAttribute(
  url: string,
  { credential, retry = {} }: { retry?: IDataObject } & Pick<NodeRun, 'credential'> = {},
): Promise<IDataObject> {
  const { items } = await run(
    { url, clientId: 'id', clientSecret: 'the-client-secret' },
    {
      parameters: {
        conversationId: CONVERSATION_ID,
        participant: byId(PARTICIPANT_ID),
        attributes: rows({ priority: 'high' }),
        retry,
        options: { writeMethod: 'versioned' },
      },
      onError: 'continueRegularOutput',
      ...(credential && { credential }),
    },
  );
  return items[0]?.json ?? {};
}
