import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod/v4';

import type { Fault } from '../../simulator';
import { behindWebhook, CREDENTIALS } from './behind-webhook';
import { openStage, type Stage } from './stage';

/** What Genesys Cloud has, and what somebody else sets there. */
const STORED = 'canary-that-is-stored-4712';
const THEIRS = 'canary-of-theirs-4713';

const nodeTypes = z.array(
  z.object({ name: z.string(), sensitiveOutputFields: z.array(z.string()).optional() }),
);

describe('Secure values in a real n8n', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => {
    await stage.close();
  });

  it('come out under what n8n is told to hide, which is nothing else', async () => {
    const { conversationId } = stage.simulator.addCall({ secureAttributes: { pin: STORED } });
    await stage.publishNew(securely('secure-get', 'get'));
    expect(await stage.post('secure-get', { conversationId })).toMatchObject({
      body: { conversationId, secure: { attributes: { pin: STORED } }, version: 1 },
    });
    const types = nodeTypes.parse(await stage.editor.file('/types/nodes.json'));
    const ours = types.filter(({ name }) =>
      name.startsWith('n8n-nodes-genesys-cloud.genesysCloud'),
    );
    expect(ours.map(({ sensitiveOutputFields }) => sensitiveOutputFields)).toEqual(
      ours.map(() => ['secure']),
    );
    expect(ours.length).toBeGreaterThan(0);
  });

  it('stand in no log, whatever happens', async () => {
    const logs = await written((file) => !file.includes('.sqlite'));
    expect(logs).toContain('"level":"debug"');
    expect(logs).not.toContain(STORED);
  });

  it('of somebody else stand nowhere after a failure, be it quoted by the server', async () => {
    const fault = (one: Fault) => {
      stage.simulator.fault(one);
    };
    await stage.publishNew(
      securely('secure-set', 'set', {
        inputMode: 'json',
        attributesJson: '{ "pin": "1" }',
        options: { conflictPolicy: 'fail' },
      }),
    );
    const { conversationId } = stage.simulator.addCall({ secureAttributes: { pin: '0' } });
    fault({ on: 'write', kind: 'foreignWrite', attributes: { pin: THEIRS } });
    expect(await stage.post('secure-set', { conversationId })).toMatchObject({ status: 500 });
    fault({ on: 'write', kind: 'reply', status: 400, message: `${THEIRS} will not do` });
    const other = stage.simulator.addCall({ secureAttributes: { pin: '0' } });
    const { conversationId: id } = other;
    expect(await stage.post('secure-set', { conversationId: id })).toMatchObject({ status: 500 });
    const all = await written(() => true);
    expect(all).toContain('Somebody else set');
    expect(all).toContain('its words are left out');
    expect(all).not.toContain(THEIRS);
  });

  /** All that n8n has written, but for the packages. */
  async function written(isWanted: (file: string) => boolean): Promise<string> {
    const entries = await readdir(stage.userFolder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => join(parentPath, name))
      .filter((file) => !file.startsWith(stage.n8n.packagesFolder) && isWanted(file));
    const contents = await Promise.all(files.map((file) => readFile(file, 'latin1')));
    return contents.join('\n');
  }
});

/** A workflow that works on the secure attributes of the call that its webhook is told. */
function securely(path: string, operation: 'get' | 'set', parameters: object = {}): object {
  return behindWebhook(path, {
    name: 'Genesys Cloud',
    type: 'n8n-nodes-genesys-cloud.genesysCloud',
    typeVersion: 1,
    parameters: {
      resource: 'secureAttributes',
      operation,
      conversationId: '={{ $json.body.conversationId }}',
      retry: {},
      options: {},
      ...parameters,
    },
    credentials: CREDENTIALS,
  });
}
