import * as z from 'zod/v4';

/** The owner of an n8n that is for trying things out, on this machine only. */
export const OWNER = {
  email: 'owner@example.com',
  password: 'Genesys-2-n8n',
  firstName: 'Olivia',
  lastName: 'Owner',
} as const;

const settings = z.object({
  data: z.object({ userManagement: z.object({ showSetupOnFirstLoad: z.boolean() }) }),
});

/** What n8n's editor asks its server for. */
export class EditorApi {
  private cookie: string | undefined;

  constructor(private readonly url: string) {}

  /** Signs in as the owner, who is made first where there is none. */
  async signIn(): Promise<void> {
    const { data } = settings.parse(await this.call('GET', '/settings'));
    if (data.userManagement.showSetupOnFirstLoad) await this.call('POST', '/owner/setup', OWNER);
    const { email, password } = OWNER;
    await this.call('POST', '/login', { emailOrLdapLoginId: email, password });
  }

  /** A file of JSON that the editor loads, such as `/types/nodes.json`. */
  async file(path: string): Promise<unknown> {
    return await this.request('GET', path);
  }

  /**
   * Calls n8n's REST API.
   *
   * @returns the body of the answer, `undefined` where it is empty
   * @throws when n8n refuses
   */
  async call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<unknown> {
    return await this.request(method, `/rest${path}`, body);
  }

  private async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(this.cookie !== undefined && { cookie: this.cookie }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const cookies = response.headers.getSetCookie().map((one) => one.split(';')[0]);
    if (cookies.length > 0) this.cookie = cookies.join('; ');
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
