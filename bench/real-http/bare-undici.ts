import { Agent, request } from 'undici';

import { ParticipantClient, type VersionedAttributes } from '../../demo/participant-client';
import { serveWriter } from './serve-writer';
import { type Account, type Writer, writerOf } from './writer';

/** undici with a kept-alive pool and nothing else. */
async function bareUndici(account: Account): Promise<Writer> {
  const { authorization } = await ParticipantClient.signIn(account);
  const dispatcher = new Agent();
  return writerOf({
    async read(path) {
      const { statusCode, body } = await request(account.url + path, {
        headers: { authorization },
        dispatcher,
      });
      if (statusCode !== 200) throw new Error(`A read was answered with ${statusCode}`);
      return (await body.json()) as VersionedAttributes;
    },
    async write(path, next) {
      const { statusCode, body } = await request(account.url + path, {
        method: 'PUT',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(next),
        dispatcher,
      });
      const text = await body.text();
      if (statusCode !== 200 && statusCode !== 409) {
        throw new Error(`A write was answered with ${statusCode}: ${text}`);
      }
      return statusCode === 200;
    },
  });
}

serveWriter(bareUndici);
