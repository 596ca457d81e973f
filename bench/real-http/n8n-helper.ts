import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import type { VersionedAttributes } from '../../demo/participant-client';
import { executeContext } from '../../engine/execute-context';
import { singleNode } from '../../engine/single-node';
import { noOp } from '../../engine/stand-ins';
import { serveWriter } from './serve-writer';
import { type Account, type Writer, writerOf } from './writer';

/** n8n's own helper, called as the HTTP Request node calls it with a predefined credential. */
function n8nHelper({ url, clientId, clientSecret }: Account): Writer {
  const type = new GenesysCloudApi();
  const node = { description: { ...noOp.description, credentials: [{ name: type.name }] } };
  // A cast, because n8n-core allows for a workflow without a name; this one has one.
  const context = executeContext(
    singleNode(node, {
      type,
      data: { region: 'custom', loginUrl: url, apiUrl: url, clientId, clientSecret },
    }),
  ) as IExecuteFunctions;
  const send = async (options: { method: 'GET' | 'PUT'; uri: string; body?: object }) =>
    // The HTTP Request node uses this older one.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    (await context.helpers.requestWithAuthentication.call(context, type.name, {
      ...options,
      json: true,
      simple: false,
      resolveWithFullResponse: true,
    })) as IN8nHttpFullResponse;

  return writerOf({
    async read(path) {
      const { statusCode, body } = await send({ method: 'GET', uri: url + path });
      if (statusCode !== 200) throw new Error(`A read was answered with ${statusCode}`);
      return body as unknown as VersionedAttributes;
    },
    async write(path, next) {
      const { statusCode } = await send({ method: 'PUT', uri: url + path, body: next });
      if (statusCode !== 200 && statusCode !== 409) {
        throw new Error(`A write was answered with ${statusCode}`);
      }
      return statusCode === 200;
    },
  });
}

serveWriter(n8nHelper);
