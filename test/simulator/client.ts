import type { Participant, Simulator } from '../../simulator/index';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Record<string, unknown>;
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, text, json };
}

/** Asks for a token with the simulator's own credentials, or with others. */
export async function signIn(
  simulator: Simulator,
  { secret = simulator.clientSecret, grant = 'client_credentials' } = {},
): Promise<Answer> {
  const basic = Buffer.from(`${simulator.clientId}:${secret}`).toString('base64');
  return await answerOf(
    await fetch(`${simulator.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: grant }),
    }),
  );
}

/** A client with one token, for raw requests. */
export class Client {
  private constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  static async of(simulator: Simulator): Promise<Client> {
    const { json } = await signIn(simulator);
    return new Client(simulator.url, String(json['access_token']));
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    init: { signal?: AbortSignal; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        ...init.headers,
      },
      ...(body === undefined ? {} : { body: text }),
      ...(init.signal === undefined ? {} : { signal: init.signal }),
    });
    return await answerOf(response);
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.send('PUT', path, body);
  }

  patch(path: string, body: unknown): Promise<Answer> {
    return this.send('PATCH', path, body);
  }
}

/** The paths under which one participant is served. */
export function pathsOf(call: { conversationId: string }, { id }: Participant) {
  const conversation = `/api/v2/conversations/${call.conversationId}`;
  const participant = `${conversation}/participants/${id}`;
  return { conversation, participant, attributes: `${participant}/attributes` };
}
