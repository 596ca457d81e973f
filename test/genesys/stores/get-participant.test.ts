import { describe, expect, it } from '@jest/globals';

import { Shared } from '../../../genesys/shared';
import { getParticipant } from '../../../genesys/stores/get-participant';
import type { WriteMethod } from '../../../genesys/stores/write-method';
import { sendJson, serve } from '../transport/servers';
import { clientOf } from '../client-of';

const CONVERSATION_ID = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';
const ID = '7c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f';
const LIMITS = { timeoutMs: 5000, patienceMs: 5000 };

/** An organization whose participants answer so by themselves, and of which that much is known. */
async function organization(
  known: WriteMethod | undefined,
  status: number,
  version?: unknown,
  participant: object = { purpose: 'customer', attributes: { lang: 'de' } },
) {
  const { received, url } = await serve((request, response) => {
    if (request.url.includes('/oauth/')) {
      sendJson(response, 200, { access_token: 'token', expires_in: 3600, token_type: 'bearer' });
    } else if (request.url.endsWith(ID)) sendJson(response, status, { ...participant, version });
    else sendJson(response, 200, { participants: [{ ...participant, id: ID }] });
  });
  const shared = new Shared();
  const client = clientOf({ url }, shared);
  if (known) shared.writeMethods.learn(client.key, known);
  const get = async (writeMethod: WriteMethod | 'auto' = 'auto') =>
    await getParticipant(
      client,
      { conversationId: CONVERSATION_ID, participant: { id: ID }, writeMethod },
      LIMITS,
      shared,
    );
  return {
    get,
    learned: () => shared.writeMethods.of(client.key),
    reads: () => received.filter(({ method }) => method === 'GET').length,
  };
}

describe('A participant that is read by its ID', () => {
  it('is read by itself where it has a version, which is remembered', async () => {
    const { get, learned, reads } = await organization(undefined, 200, 7);
    expect(await get()).toMatchObject({ id: ID, version: 7, attributes: { lang: 'de' } });
    expect([learned(), reads()]).toEqual(['versioned', 1]);
  });

  it.each([403, 404, 405, 501])(
    'is read in its conversation where it answers %i, which is remembered',
    async (status) => {
      const { get, learned, reads } = await organization(undefined, status);
      expect(await get()).toMatchObject({ id: ID, attributes: { lang: 'de' } });
      expect([learned(), reads()]).toEqual(['patch', 2]);
    },
  );

  it.each<[string, number]>([
    ['does not offer that any more (404)', 404],
    ['does not offer that any more (405)', 405],
    ['sends it without a version from now on', 200],
  ])('is found in its conversation where an organization %s', async (_, status) => {
    const { get, learned } = await organization('versioned', status);
    expect(await get()).toMatchObject({ id: ID, attributes: { lang: 'de' } });
    expect(learned()).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['a version that cannot be read', '7'],
    ['half a version', 7.5],
  ])('tells nothing of how it is written where it comes with %s', async (_, version) => {
    const { get, learned, reads } = await organization(undefined, 200, version);
    await expect(get()).rejects.toMatchObject({ details: { kind: 'shape' } });
    expect([learned(), reads()]).toEqual([undefined, 1]);
  });

  it.each<[string, object]>([
    ['an error', { status: 500, code: 'internal', message: 'Later' }],
    ['a message', { message: 'Forbidden' }],
    ['somebody else', { id: CONVERSATION_ID, purpose: 'agent' }],
    ['nothing', {}],
  ])(
    'is not taken for one without a version where %s comes in its place',
    async (_, participant) => {
      const { get, learned, reads } = await organization(undefined, 200, undefined, participant);
      await expect(get()).rejects.toMatchObject({ details: { kind: 'shape' } });
      expect([learned(), reads()]).toEqual([undefined, 1]);
    },
  );

  it('is taken for one where it says only which it is', async () => {
    const { get, learned } = await organization(undefined, 200, undefined, {
      id: ID.toUpperCase(),
    });
    expect(await get()).toMatchObject({ id: ID });
    expect(learned()).toBe('patch');
  });

  it('is not looked for elsewhere where only a permission is missing', async () => {
    const { get, learned, reads } = await organization('versioned', 403);
    await expect(get()).rejects.toMatchObject({ details: { status: 403 } });
    expect([learned(), reads()]).toEqual(['versioned', 1]);
  });

  it('is not looked for elsewhere where it is to be read under a version', async () => {
    const { get, reads } = await organization(undefined, 404);
    await expect(get('versioned')).rejects.toMatchObject({ details: { status: 404 } });
    expect(reads()).toBe(1);
  });
});
