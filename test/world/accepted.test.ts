import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { byId, detailsOf, rows, run } from '../engine/set-up';
import { sendJson, serve } from '../genesys/transport/servers';
import { CONVERSATION_ID, PARTICIPANT_ID } from './platform';

type Attributes = Readonly<Record<string, string>>;

/** What a platform does otherwise than the public API. */
interface Ways {
  /** What a PATCH leaves; default what it is merged into. */
  readonly after?: (before: Attributes, patch: Attributes) => Attributes;
  /** The status of all reads after a write. */
  readonly statusAfter?: number;
  /** Options of the node. */
  readonly options?: IDataObject;
}

/** Patches an attribute of a participant that holds another one, and gives what comes out. */
async function setPriority({
  after = (before, patch) => ({ ...before, ...patch }),
  statusAfter = 200,
  options = {},
}: Ways): Promise<{ readonly json: IDataObject; readonly hints: readonly string[] }> {
  let attributes: Attributes = { lang: 'en' };
  let isWritten = false;
  const { url } = await serve((request, response) => {
    if (request.url.endsWith('/oauth/token')) {
      sendJson(response, 200, { access_token: 'the-token', expires_in: 86_400 });
    } else if (request.method === 'PATCH') {
      isWritten = true;
      const body = JSON.parse(request.body) as { attributes: Attributes };
      attributes = after(attributes, body.attributes);
      response.writeHead(202).end();
    } else if (isWritten && statusAfter !== 200) {
      sendJson(response, statusAfter, { message: 'The store is down', code: 'store.down' });
    } else {
      const participant = { id: PARTICIPANT_ID, purpose: 'customer', attributes };
      sendJson(response, 200, { id: CONVERSATION_ID, participants: [participant] });
    }
  });
  const { items, run: workflowRun } = await run(
    { url, clientId: 'id', clientSecret: 'the-client-secret' },
    {
      parameters: {
        conversationId: CONVERSATION_ID,
        participant: byId(PARTICIPANT_ID),
        attributes: rows({ priority: 'high' }),
        // Only what is never seen takes all of it.
        retry: { totalTimeout: statusAfter === 200 ? 10_000 : 1500 },
        options: { writeMethod: 'patch', ...options },
      },
      onError: 'continueRegularOutput',
    },
  );
  return {
    json: items[0]?.json ?? {},
    hints: workflowRun.hints('Node').map(({ message }) => message),
  };
}

describe('After a PATCH was accepted,', () => {
  const GONE = expect.stringMatching(/did not touch.*missing now/);

  it('a hint says so where attributes of others are gone: their survival is documented nowhere', async () => {
    const { json, hints } = await setPriority({ after: (_, patch) => patch });
    expect(json).toMatchObject({ outcome: 'written', attributes: { priority: 'high' } });
    expect(hints).toEqual([GONE]);
  });

  it.each<[string, NonNullable<Ways['after']>]>([
    ['are as they were', (before, patch) => ({ ...before, ...patch })],
    ['were set to something else', (before, patch) => ({ ...before, ...patch, lang: 'de' })],
    ['were emptied', (before, patch) => ({ ...before, ...patch, lang: '' })],
  ])('nothing is said where those of others %s', async (_, after) => {
    expect((await setPriority({ after })).hints).toEqual([]);
  });

  it.each([404, 500, 503])(
    'it is told that reads answer %i until the time is up',
    async (status) => {
      const { json } = await setPriority({ statusAfter: status });
      expect(json['error']).toMatch(/^The attributes were accepted, not yet seen\./);
      expect(json['error']).toContain(`answered ${status}: The store is down (store.down).`);
      expect(detailsOf(json)).toMatchObject({ code: 'deadline', status });
    },
  );

  it('it is told that it was, where there is nothing to link an external contact by', async () => {
    const { json } = await setPriority({ options: { externalContactId: 'ext-1' } });
    expect(json['error']).toMatch(
      /^The attributes were written, but the external contact was not linked: participant \S+ has no communication yet that an external contact could be linked by\. Choose/,
    );
    expect(detailsOf(json)).toMatchObject({ code: 'notFound' });
  });
});
