import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ConflictForm, Resource, ResourceKind, Simulator } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { documentedError, documentedResource } from './documented-shape';
import { replyTo, sdkFor, type SdkReply } from './sdk';

describe('The official SDK', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  /** How the SDK reads and writes each kind. */
  async function start() {
    simulator = await startSimulator();
    const sdk = sdkFor(simulator.url);
    await sdk.signIn(simulator.clientId, simulator.clientSecret);
    const { groups, outbound, users } = sdk;
    return {
      groups: {
        get: (id: string) => groups.getGroup(id),
        write: (id: string, body: object) => groups.putGroup(id, { body: body as never }),
      },
      users: {
        get: (id: string) => users.getUser(id),
        write: (id: string, body: object) => users.patchUser(id, body as never),
      },
      campaigns: {
        get: (id: string) => outbound.getOutboundCampaign(id),
        write: (id: string, body: object) => outbound.putOutboundCampaign(id, body as never),
      },
    };
  }

  const errorOf = ({ body, status }: SdkReply) => [status, documentedError.parse(body).code];

  it.each<ResourceKind>(['groups', 'users', 'campaigns'])(
    'reads one of the %s, and writes it under its version',
    async (kind) => {
      const api = (await start())[kind];
      const { id, path } = simulator.addResource(kind, { fields: { description: 'old' } });
      const read = documentedResource.parse(await api.get(id));
      expect(read).toMatchObject({ id, version: 1, selfUri: path, description: 'old' });
      // As people do, with all that was read.
      const written = documentedResource.parse(
        await api.write(id, { ...read, description: 'new' }),
      );
      expect(written).toMatchObject({ id, version: 2, description: 'new', selfUri: path });
      expect(documentedResource.parse(await api.get(id))).toEqual(written);
    },
  );

  it.each<[ResourceKind, number, string]>([
    ['groups', 409, 'general.conflict'],
    ['users', 400, 'invalid.update.wrong.version'],
    ['campaigns', 409, 'version.conflict'],
  ])('is told that the version of one of the %s is out of date', async (kind, status, code) => {
    const api = (await start())[kind];
    const resource = simulator.addResource(kind);
    const read = documentedResource.parse(await api.get(resource.id));
    resource.write({ description: 'theirs' });
    expect(errorOf(await replyTo(() => api.write(resource.id, read)))).toEqual([status, code]);
    expect(resource.fields).toMatchObject({ description: 'theirs' });
  });

  it.each<[ConflictForm, number, string]>([
    ['general409', 409, 'general.conflict'],
    ['version409', 409, 'version.conflict'],
    ['plain409', 409, 'request.conflict'],
    ['general400', 400, 'general.conflict'],
    ['wrongVersion400', 400, 'invalid.update.wrong.version'],
    ['words400', 400, 'bad.request'],
  ])('is told so in any form that is ordered: %s', async (form, status, code) => {
    const { groups } = await start();
    const group = simulator.addResource('groups');
    const read = documentedResource.parse(await groups.get(group.id));
    simulator.fault({ on: 'write', kind: 'conflict', form });
    expect(errorOf(await replyTo(() => groups.write(group.id, read)))).toEqual([status, code]);
    expect(group.version).toBe(2);
    simulator.fault({ on: 'write', kind: 'conflict', form, spurious: true });
    const again = { ...read, version: 2 };
    expect(errorOf(await replyTo(() => groups.write(group.id, again)))).toEqual([status, code]);
    expect(group.version).toBe(2);
  });

  it('loses with a PUT what it leaves out, and with a PATCH nothing', async () => {
    const { groups, users } = await start();
    const more: Pick<Resource, 'fields'> = { fields: { mine: 1, more: { a: 1, b: 1 } } };
    const group = simulator.addResource('groups', more);
    await groups.write(group.id, { name: 'Day shift', version: 1 });
    expect(group.fields).toEqual({ name: 'Day shift' });
    const user = simulator.addResource('users', more);
    await users.write(user.id, { more: { a: 2 }, mine: null, version: 1 });
    expect(user.fields).toEqual({ name: 'Ada Lovelace', state: 'active', more: { a: 2 } });
  });

  it('is told what is wrong with a body, and that there is no such thing', async () => {
    const { campaigns, groups, users } = await start();
    const campaign = simulator.addResource('campaigns');
    const bad = { name: 'x', dialingMode: 'loud', version: 1 };
    expect((await replyTo(() => campaigns.write(campaign.id, bad))).status).toBe(400);
    const { id } = simulator.addResource('groups');
    expect((await replyTo(() => groups.write(id, { name: 'without a version' }))).status).toBe(400);
    expect(errorOf(await replyTo(() => users.get(randomUUID())))).toEqual([404, 'not.found']);
    simulator.fault({ on: 'read', kind: 'missing' });
    expect((await replyTo(() => groups.get(id))).status).toBe(404);
    expect(campaign.commits).toEqual([]);
  });

  it('gets what was ordered for a reply', async () => {
    const { groups } = await start();
    const accepting = simulator.addResource('groups', { answer: 'accepted' });
    const silent = simulator.addResource('groups', { answer: 'noContent' });
    const body = { name: 'x', version: 1 };
    expect((await replyTo(() => groups.write(accepting.id, body))).status).toBe(202);
    expect((await replyTo(() => groups.write(silent.id, body))).status).toBe(204);
    const group = simulator.addResource('groups', { fields: { description: 'old' } });
    simulator.fault({ on: 'write', kind: 'echo', echo: 'old' });
    expect(await groups.write(group.id, body)).toMatchObject({ version: 1, description: 'old' });
    simulator.fault({ on: 'write', kind: 'echo', echo: 'empty' });
    expect(await groups.write(group.id, { ...body, version: 2 })).toEqual({
      id: group.id,
      version: 3,
    });
    simulator.fault({ on: 'write', kind: 'echo', echo: 'partial' });
    const partial = await groups.write(group.id, { name: 'y', version: 3 });
    expect(partial).toMatchObject({ id: group.id, version: 4, name: 'y' });
    expect(partial).not.toHaveProperty('selfUri');
    simulator.fault({
      on: 'write',
      kind: 'foreignWrite',
      attributes: { theirs: 1 },
      when: 'after',
    });
    expect(await groups.write(group.id, { name: 'z', version: 4 })).toMatchObject({
      version: 6,
      name: 'z',
      theirs: 1,
    });
  });
});
