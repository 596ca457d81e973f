import type { Call, Simulator } from '../simulator';

/** What a participant holds, at the version it was read at. */
export interface VersionedAttributes {
  readonly version: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * A plain HTTP client, as a system that shares the call with us would have. It knows nothing of
 * this package: what to do about a conflict is up to whoever uses it.
 */
export class ParticipantClient {
  private constructor(
    private readonly url: string,
    /** Marks this client's requests in the simulator's journal. */
    readonly authorization: string,
  ) {}

  static async signIn({
    url,
    clientId,
    clientSecret,
  }: Pick<Simulator, 'url' | 'clientId' | 'clientSecret'>): Promise<ParticipantClient> {
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const reply = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await reply.json()) as { access_token: string };
    return new ParticipantClient(url, `Bearer ${token}`);
  }

  async readCustomer(call: Call): Promise<VersionedAttributes> {
    const reply = await fetch(this.customer(call), {
      headers: { authorization: this.authorization },
    });
    if (!reply.ok) throw new Error(`The simulator answered a read with ${reply.status}`);
    return (await reply.json()) as VersionedAttributes;
  }

  /** Writes the whole attribute map. Answers `false` when the version is out of date (409). */
  async writeCustomer(call: Call, next: VersionedAttributes): Promise<boolean> {
    return await this.write('PUT', this.customer(call), next);
  }

  /** Sets these attributes where there is no version. Answers `false` on a 409. */
  async patchCustomer(call: Call, attributes: VersionedAttributes['attributes']): Promise<boolean> {
    return await this.write('PATCH', `${this.customer(call)}/attributes`, { attributes });
  }

  /** What reads show of the customer's attributes, where there is no version. */
  async readAttributes(call: Call): Promise<VersionedAttributes['attributes']> {
    const { conversationId, customer } = call;
    const reply = await fetch(`${this.url}/api/v2/conversations/${conversationId}`, {
      headers: { authorization: this.authorization },
    });
    if (!reply.ok) throw new Error(`The simulator answered a read with ${reply.status}`);
    const { participants } = (await reply.json()) as {
      participants: ({ id: string } & VersionedAttributes)[];
    };
    return participants.find(({ id }) => id === customer.id)?.attributes ?? {};
  }

  private async write(method: string, url: string, body: object): Promise<boolean> {
    const reply = await fetch(url, {
      method,
      headers: { authorization: this.authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await reply.body?.cancel();
    if (!reply.ok && reply.status !== 409) {
      throw new Error(`The simulator answered a write with ${reply.status}`);
    }
    return reply.ok;
  }

  private customer({ conversationId, customer }: Call): string {
    return `${this.url}/api/v2/conversations/${conversationId}/participants/${customer.id}`;
  }
}
