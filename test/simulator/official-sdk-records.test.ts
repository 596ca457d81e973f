import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Simulator, SimulatorOptions } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { documentedCustomRecord, documentedError, documentedSecure } from './documented-shape';
import { replyTo, sdkFor, type SdkReply } from './sdk';

describe('The official SDK', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  async function start(options: SimulatorOptions = {}) {
    simulator = await startSimulator(options);
    const sdk = sdkFor(simulator.url);
    await sdk.signIn(simulator.clientId, simulator.clientSecret);
    return sdk.conversations;
  }

  const errorOf = ({ body, status }: SdkReply) => [status, documentedError.parse(body).code];

  describe('on secure attributes', () => {
    it('is told that there are none, makes the first, and writes under their version', async () => {
      const api = await start();
      const { conversationId: id, secure } = simulator.addCall();
      const read = () => api.getConversationSecureattributes(id);
      expect(errorOf(await replyTo(read))).toEqual([404, 'secure.attributes.not.found']);
      const put = (body: object) => api.putConversationSecureattributes(id, body);
      const reply = await replyTo(() => put({ attributes: { pin: '1' } }));
      expect([reply.status, typeof reply.body]).toEqual([202, 'string']);
      const first = documentedSecure.parse(await read());
      expect(first).toEqual({ attributes: { pin: '1' }, version: 1 });
      await put({ ...first, attributes: { pin: '2' } });
      expect(documentedSecure.parse(await read())).toEqual({
        attributes: { pin: '2' },
        version: 2,
      });
      expect(errorOf(await replyTo(() => put(first)))).toEqual([
        409,
        'conversation.error.secure.attribute.conflict',
      ]);
      expect(secure.attributes).toEqual({ pin: '2' });
    });

    it.each([
      ['replaces', 202],
      ['conflicts', 409],
    ] as const)(
      'meets a server where a write without a version %s',
      async (withoutVersion, status) => {
        const api = await start({ withoutVersion });
        const { conversationId } = simulator.addCall({ secureAttributes: { pin: '1' } });
        const reply = await replyTo(() =>
          api.putConversationSecureattributes(conversationId, { attributes: {} }),
        );
        expect(reply.status).toBe(status);
      },
    );

    it('is told of a conversation that is not there in another code', async () => {
      const api = await start();
      const read = () => api.getConversationSecureattributes(randomUUID());
      expect(errorOf(await replyTo(read))).toEqual([404, 'not.found']);
    });

    it('sees them as late as all else', async () => {
      const api = await start({ visibilityLagMs: 60_000 });
      const { conversationId } = simulator.addCall();
      await api.putConversationSecureattributes(conversationId, {
        attributes: { a: '1' },
      });
      const read = () => api.getConversationSecureattributes(conversationId);
      expect(errorOf(await replyTo(read))).toEqual([404, 'secure.attributes.not.found']);
    });
  });

  describe('on custom attributes', () => {
    const id = randomUUID();
    const schemaId = randomUUID();
    const division = randomUUID();
    const made = { id, schemaId, customAttributes: { n: 1 }, divisions: [division] };

    async function startWith(record: object | undefined) {
      const api = await start();
      const { conversationId } = simulator.addCall();
      const put = (body: object) =>
        api.putConversationCustomattributes(conversationId, { body: body as never });
      if (record) await put(record);
      return {
        put,
        get: () => api.getConversationCustomattribute(conversationId, id),
        list: () => api.getConversationCustomattributes(conversationId),
        conversationId,
      };
    }

    it('makes a record, reads it and lists it', async () => {
      const { conversationId, get, list, put } = await startWith(undefined);
      expect(errorOf(await replyTo(get))).toEqual([
        404,
        'conversation.custom.attributes.not.found',
      ]);
      expect(await put(made)).toEqual({ id });
      const record = documentedCustomRecord.parse(await get());
      expect(record).toMatchObject({
        id,
        conversationId,
        divisions: [division],
        schema: { id: schemaId },
        customAttributes: { n: 1 },
        version: 1,
      });
      expect(await list()).toEqual({ results: [record] });
    });

    it('replaces all of a record under its version, its divisions included', async () => {
      const { get, put } = await startWith(made);
      await put({ id, customAttributes: { m: true }, version: 1 });
      expect(documentedCustomRecord.parse(await get())).toMatchObject({
        divisions: [],
        customAttributes: { m: true },
        version: 2,
      });
    });

    it.each<[string, object, number, string]>([
      ['an old version', { id, customAttributes: {}, version: 7 }, 409, 'version.conflict'],
      [
        'another schema',
        { id, customAttributes: {}, version: 1, schemaId: randomUUID() },
        400,
        'cannot.update.schema.id',
      ],
      ['no values', { id, version: 1 }, 400, 'property.required'],
      [
        'a new record without a schema',
        { id: randomUUID(), customAttributes: {} },
        400,
        'property.required',
      ],
      ['an ID that is none', { id: 'x', customAttributes: {}, schemaId }, 400, 'invalid.id'],
      [
        'a division that is none',
        { id, customAttributes: {}, version: 1, divisions: ['x'] },
        400,
        'invalid.uuid',
      ],
    ])('is refused with %s', async (_, body, status, code) => {
      const { put } = await startWith(made);
      expect(errorOf(await replyTo(() => put(body)))).toEqual([
        status,
        `conversation.custom.attributes.${code}`,
      ]);
    });
  });
});
