import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { ConflictForm, ResourceKind } from '../../simulator';
import { bodies } from './bodies';
import { stranger, updating } from './resource-runs';
import { detailsOf, rows, run, simulatorForEachTest } from './set-up';

const kinds: readonly ResourceKind[] = ['groups', 'users', 'campaigns'];

describe('Update of a versioned resource', () => {
  const simulator = simulatorForEachTest();

  const only = async (parameters: IDataObject) => {
    const { items } = await run(simulator.current, {
      parameters,
      onError: 'continueRegularOutput',
    });
    expect(items).toHaveLength(1);
    return items[0]?.json ?? {};
  };

  it('by PUT sends all of it with its version, but for what Genesys Cloud keeps itself', async () => {
    const campaign = simulator.current.addResource('campaigns', {
      fields: { name: 'Renewals', dialingMode: 'preview', contactList: { id: 'c', name: 'List' } },
    });
    const json = await only(updating(campaign, { dialingMode: 'progressive' }));
    expect(json).toEqual({
      path: campaign.path,
      outcome: 'written',
      changed: { '/dialingMode': { from: 'preview', to: 'progressive' } },
      resource: {
        id: campaign.id,
        name: 'Renewals',
        dialingMode: 'progressive',
        campaignStatus: 'on',
        contactList: { id: 'c', name: 'List' },
        dateCreated: expect.any(String),
        dateModified: expect.any(String),
        selfUri: campaign.path,
        version: 2,
      },
      details: {
        writeMethod: 'versioned',
        version: 2,
        attempts: 1,
        conflicts: 0,
        batchSize: 1,
        waitedMs: expect.any(Number),
        elapsedMs: expect.any(Number),
      },
    });
    expect(bodies(simulator.current)).toEqual([
      {
        name: 'Renewals',
        dialingMode: 'progressive',
        campaignStatus: 'on',
        contactList: { id: 'c', name: 'List' },
        version: 1,
      },
    ]);
  });

  it('by PATCH sends only what changes at the top, as a whole, with the version', async () => {
    const user = simulator.current.addResource('users', {
      fields: { title: 'Clerk', manager: { id: 'm', note: 'x' }, skills: ['a'] },
    });
    const json = await only(
      updating(user, { manager: { note: null, since: 2020 }, skills: ['b'] }),
    );
    expect(json).toMatchObject({
      outcome: 'written',
      changed: {
        '/manager/note': { from: 'x', to: null },
        '/manager/since': { from: null, to: 2020 },
        '/skills': { from: ['a'], to: ['b'] },
      },
    });
    expect(bodies(simulator.current)).toEqual([
      { manager: { id: 'm', note: null, since: 2020 }, skills: ['b'], version: 1 },
    ]);
    expect(user.fields).toMatchObject({ title: 'Clerk', skills: ['b'] });
  });

  it('removes what is null, by PUT and by PATCH', async () => {
    for (const kind of ['groups', 'users'] as const) {
      const resource = simulator.current.addResource(kind, { fields: { description: 'old' } });
      const json = await only(updating(resource, { description: null }));
      expect(json).toMatchObject({ changed: { '/description': { from: 'old', to: null } } });
      expect(json['resource']).not.toHaveProperty('description');
      expect(resource.fields).not.toHaveProperty('description');
    }
  });

  it.each(kinds)('writes nothing where nothing is to change: %s', async (kind) => {
    const resource = simulator.current.addResource(kind, { fields: { a: { b: [1, { c: 2 }] } } });
    const json = await only(updating(resource, { a: { b: [1, { c: 2 }], d: null }, e: null }));
    expect(json).toMatchObject({ outcome: 'unchanged', changed: {}, details: { version: 1 } });
    expect(simulator.current.journal.writes()).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    [
      'as it is but for what Genesys Cloud adds',
      [{ id: 'a' }, { id: 'b', name: 'B' }],
      'unchanged',
    ],
    ['in another order', [{ id: 'b' }, { id: 'a' }], 'written'],
    ['with one less', [{ id: 'a' }], 'written'],
    ['with another name', [{ id: 'a', name: 'x' }, { id: 'b' }], 'written'],
    ['without what is not added', [{ id: 'a' }, { id: 'b' }, { id: 'c' }], 'written'],
  ])('takes a list of references for there already only %s', async (_, owners, outcome) => {
    const group = simulator.current.addResource('groups', {
      fields: {
        owners: [
          { id: 'a', name: 'A', selfUri: '/a' },
          { id: 'b', name: 'B' },
          ...(Array.isArray(owners) && owners.length === 3 ? [{ id: 'c', level: 1 }] : []),
        ],
      },
    });
    expect(await only(updating(group, { owners }))).toMatchObject({ outcome });
  });

  it.each(kinds)('wins over conflicts, and keeps what others write: %s', async (kind) => {
    const resource = simulator.current.addResource(kind, { fields: { mine: 1, theirs: 1 } });
    for (const theirs of [2, 3, 4]) {
      simulator.current.fault({ on: 'write', kind: 'foreignWrite', attributes: { theirs } });
    }
    const json = await only(updating(resource, { mine: 2 }));
    expect(json).toMatchObject({ outcome: 'written', details: { attempts: 4, conflicts: 3 } });
    expect(resource.fields).toMatchObject({ mine: 2, theirs: 4 });
  });

  it.each<ConflictForm>([
    'general409',
    'version409',
    'plain409',
    'general400',
    'wrongVersion400',
    'words400',
  ])('knows a conflict in the form %s', async (form) => {
    const group = simulator.current.addResource('groups');
    simulator.current.fault({ on: 'write', kind: 'conflict', times: 2, form });
    const json = await only(updating(group, { description: 'new' }));
    expect(json).toMatchObject({ outcome: 'written', details: { conflicts: 2 } });
  });

  it('fails as a conflict where the attempts are used up', async () => {
    const user = simulator.current.addResource('users');
    simulator.current.fault({ on: 'write', kind: 'conflict', times: 3 });
    const json = await only(updating(user, { title: 'x' }, { retry: { maxAttempts: 3 } }));
    expect(json).toEqual({
      outcome: 'failed',
      error: expect.stringMatching(/^The resource was not written after 3 attempts.*this resource/),
      path: user.path,
      details: expect.objectContaining({ code: 'conflict', status: 400, path: user.path }),
    });
  });

  it.each(
    kinds.flatMap((kind) =>
      ['dropAfter', 'dropBefore', 'truncate'].map((fault) => [kind, fault] as const),
    ),
  )('of %s is written once where the reply is lost: %s', async (kind, fault) => {
    const resource = simulator.current.addResource(kind);
    simulator.current.fault({ on: 'write', kind: fault as 'dropAfter' });
    const json = await only(updating(resource, { description: 'new' }));
    expect(json).toMatchObject({
      outcome: 'written',
      changed: { '/description': { from: null, to: 'new' } },
    });
    expect(resource.commits).toHaveLength(1);
  });

  it('is found out where the reply was lost and somebody else has written since', async () => {
    const group = simulator.current.addResource('groups');
    simulator.current.fault({ on: 'write', kind: 'dropAfter' });
    simulator.current.fault({ on: 'read', kind: 'delayBefore', ms: 0 });
    simulator.current.fault({ on: 'read', kind: 'foreignWrite', attributes: { theirs: 1 } });
    const json = await only(updating(group, { description: 'new' }));
    expect(json['outcome']).toBe('written');
    expect(group.fields).toMatchObject({ description: 'new', theirs: 1 });
    expect(group.commits.filter(({ by }) => by === 'api')).toHaveLength(1);
  });

  it.each(['accepted', 'noContent'] as const)(
    'reads the new version back where a write is answered with nothing of it: %s',
    async (answer) => {
      const group = simulator.current.addResource('groups', { answer });
      const json = await only(updating(group, { description: 'new' }));
      expect(json).toMatchObject({
        outcome: 'written',
        resource: { description: 'new', version: 2 },
        details: { version: 2, attempts: 1 },
      });
      expect(simulator.current.journal.writes()).toHaveLength(1);
    },
  );

  it('takes an error in a reply of success for no acceptance, and says so', async () => {
    const group = simulator.current.addResource('groups');
    const body = '{ "status": 500, "code": "internal", "message": "Something broke" }';
    simulator.current.fault({ on: 'write', kind: 'reply', status: 200, body, times: 2 });
    const retry = { maxAttempts: 2 };
    const json = await only(updating(group, { description: 'new' }, { retry }));
    expect(detailsOf(json)).toMatchObject({ code: 'indeterminate' });
    expect(json['error']).toContain('could not be read: it carries an error');
  });

  it('reads back until a slow platform shows it', async () => {
    const group = simulator.current.addResource('groups', { answer: 'accepted' });
    simulator.current.changeSettings({ visibilityLagMs: 700 });
    const json = await only(updating(group, { description: 'new' }));
    expect(json).toMatchObject({ outcome: 'written', details: { version: 2 } });
    expect(simulator.current.journal.writes()).toHaveLength(1);
  });

  it.each(['partial', 'old', 'empty'] as const)(
    'does not believe a reply that is %s',
    async (echo) => {
      const group = simulator.current.addResource('groups', {
        fields: { description: 'old', more: 1 },
      });
      simulator.current.fault({ on: 'write', kind: 'echo', echo });
      const json = await only(updating(group, { description: 'new', more: null }));
      expect(json).toMatchObject({
        outcome: 'written',
        changed: { '/description': { from: 'old', to: 'new' }, '/more': { from: 1, to: null } },
        resource: { name: 'Night shift', description: 'new' },
      });
      expect(group.commits).toHaveLength(1);
    },
  );

  it('combines all items about one resource into one read and one write', async () => {
    const group = simulator.current.addResource('groups');
    const items = Array.from({ length: 20 }, (_, index) => ({ index }));
    const { items: done } = await run(simulator.current, {
      parameters: updating(group, '={{ { ["field" + $json.index]: $json.index } }}'),
      items,
    });
    expect(done).toHaveLength(20);
    expect(done.map(({ json }) => json['changed'])).toEqual(
      items.map(({ index }) => ({ [`/field${index}`]: { from: null, to: index } })),
    );
    expect(simulator.current.journal.reads()).toHaveLength(1);
    expect(simulator.current.journal.writes()).toHaveLength(1);
  });

  it('combines items that spell the ID of a resource in capitals and not', async () => {
    const group = simulator.current.addResource('groups');
    const { items: done } = await run(simulator.current, {
      parameters: {
        ...updating(group, '={{ { ["field" + $json.index]: $json.index } }}'),
        pathParameters: rows({ groupId: '={{ $json.id }}' }),
      },
      items: [group.id, group.id.toUpperCase()].map((id, index) => ({ id, index })),
    });
    expect(done.map(({ json }) => detailsOf(json)['batchSize'])).toEqual([2, 2]);
    expect(simulator.current.journal.writes()).toHaveLength(1);
  });

  it('by thirty executions at once beside a stranger loses nothing of anybody', async () => {
    for (const kind of kinds) {
      const resource = simulator.current.addResource(kind);
      const stop = stranger(resource, 50);
      simulator.current.latencyMs = 10;
      const runs = await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          const { items } = await run(simulator.current, {
            parameters: updating(resource, { [`field${index}`]: { value: index } }),
          });
          return items[0]?.json['outcome'];
        }),
      );
      const written = stop();
      expect(runs).toEqual(Array.from({ length: 30 }, () => 'written'));
      for (let index = 0; index < 30; index++) {
        expect(resource.fields[`field${index}`]).toEqual({ value: index });
      }
      for (let index = 0; index < written; index++) {
        expect(resource.fields[`stranger${index}`]).toBe(true);
      }
    }
  }, 60_000);

  describe('with a policy', () => {
    const withPolicy = async (conflictPolicy: string, theirs: IDataObject, changes: object) => {
      const group = simulator.current.addResource('groups', {
        fields: { description: 'old', more: { a: 1, b: 1 } },
      });
      simulator.current.fault({
        on: 'write',
        kind: 'foreignWrite',
        attributes: theirs as { description: string },
      });
      const json = await only(updating(group, changes, { options: { conflictPolicy } }));
      return { json, group };
    };

    it('keeps theirs, field by field', async () => {
      const { json, group } = await withPolicy(
        'keepTheirs',
        { more: { a: 2, b: 1 } },
        { description: 'new', more: { a: 3, b: 3 } },
      );
      expect(json).toMatchObject({
        outcome: 'written',
        changed: { '/description': { from: 'old', to: 'new' }, '/more/b': { from: 1, to: 3 } },
        kept: { '/more/a': { wanted: 3, found: 2 } },
      });
      expect(json['changed']).not.toHaveProperty('/more/a');
      expect(group.fields).toMatchObject({ description: 'new', more: { a: 2, b: 3 } });
    });

    it('is unchanged where all are kept', async () => {
      const { json } = await withPolicy('keepTheirs', { description: 'x' }, { description: 'new' });
      expect(json).toMatchObject({
        outcome: 'unchanged',
        changed: {},
        kept: { '/description': { wanted: 'new', found: 'x' } },
      });
    });

    it('fails where theirs is not to be overwritten', async () => {
      const { json, group } = await withPolicy(
        'fail',
        { description: 'x' },
        { description: 'new' },
      );
      expect(json).toMatchObject({
        error: 'Somebody else set "/description" to "x" meanwhile.',
        details: { code: 'refused' },
      });
      expect(group.fields['description']).toBe('x');
    });

    it.each<[string, unknown, object]>([
      ['set it to something else', 'x', { more: { a: 2, c: 3 } }],
      ['removed it', null, { more: { c: 3 } }],
      ['set it to something else, and a removal in it', 'x', { more: { b: null } }],
    ])('keeps theirs where they %s, the object that a field is in', async (_, more, changes) => {
      const { json, group } = await withPolicy('keepTheirs', { more } as IDataObject, {
        description: 'new',
        ...changes,
      });
      expect(json).toMatchObject({
        outcome: 'written',
        changed: { '/description': { from: 'old', to: 'new' } },
        kept: { '/more': { wanted: (changes as IDataObject)['more'], found: more } },
      });
      expect(Object.keys(json['kept'] as object)).toEqual(['/more']);
      expect(group.fields['more'] ?? null).toBe(more);
    });

    it('fails where theirs is the object that a field is in', async () => {
      const { json, group } = await withPolicy('fail', { more: 'x' }, { more: { c: 3 } });
      expect(json).toMatchObject({
        error: 'Somebody else set "/more" to "x" meanwhile.',
        details: { code: 'refused' },
      });
      expect(group.fields['more']).toBe('x');
    });

    it('does not take the same references for something else of theirs', async () => {
      const theirs = { owners: [{ id: 'a', name: 'A', selfUri: '/a' }] } as unknown as IDataObject;
      const { json } = await withPolicy('fail', theirs, { owners: [{ id: 'a' }] });
      expect(json).toMatchObject({ outcome: 'unchanged' });
      expect(json).not.toHaveProperty('kept');
    });

    it('overwrites theirs, but no other field', async () => {
      const { json, group } = await withPolicy(
        'overwrite',
        { description: 'x', y: 1 },
        { description: 'new' },
      );
      expect(json).toMatchObject({ changed: { '/description': { from: 'x', to: 'new' } } });
      expect(group.fields).toMatchObject({ description: 'new', y: 1 });
    });
  });

  describe('on a condition', () => {
    const onCondition = async (onlyIfEquals: unknown) => {
      const campaign = simulator.current.addResource('campaigns', { fields: { a: { b: [1] } } });
      return await only(
        updating(
          campaign,
          { dialingMode: 'power' },
          { options: { onlyIfEquals: JSON.stringify(onlyIfEquals) } },
        ),
      );
    };

    it.each([
      { dialingMode: 'preview' },
      { '/dialingMode': 'preview', missing: null },
      { a: { b: [1] } },
      { '/a': { b: [1] } },
      { '/a/b/0': 1 },
      {},
    ])('that is met: %j', async (expected) => {
      expect(await onCondition(expected)).toMatchObject({ outcome: 'written' });
    });

    it.each([
      [{ dialingMode: 'power' }, '"/dialingMode" is "preview", not "power"'],
      [{ '/a/b': [2] }, '"/a/b" is [1], not [2]'],
      [{ a: null }, '"/a" is {"b":[1]}, not missing'],
      [{ nothing: 1 }, '"/nothing" is missing, not 1'],
    ])('that is not met: %j', async (expected, words) => {
      const json = await onCondition(expected);
      expect(json).toMatchObject({
        error: `The condition is not met: ${words}.`,
        details: { code: 'refused' },
      });
      expect(simulator.current.journal.writes()).toEqual([]);
    });
  });

  it('names that trip others up are data', async () => {
    const group = simulator.current.addResource('groups', {
      fields: JSON.parse(
        '{ "__proto__": { "a": 1 }, "constructor": "x", "rest": 1 }',
      ) as IDataObject as never,
    });
    const changes = '{ "constructor": "y", "__proto__": { "b": 2 }, "rest": 2 }';
    const json = await only(updating(group, changes));
    expect(json['changed']).toEqual({
      '/constructor': { from: 'x', to: 'y' },
      '/__proto__/b': { from: null, to: 2 },
      '/rest': { from: 1, to: 2 },
    });
    expect(JSON.stringify(group.fields)).toContain('"__proto__":{"a":1,"b":2}');
  });

  it('takes path parameters as an object from an expression', async () => {
    const group = simulator.current.addResource('groups');
    const json = await only(
      updating(
        group,
        { description: 'x' },
        { pathParameters: `={{ { groupId: "${group.id}" } }}` },
      ),
    );
    expect(json).toMatchObject({ outcome: 'written' });
  });

  it('of a kind that is not in the list goes by method and path', async () => {
    const user = simulator.current.addResource('users');
    const custom = { kind: 'custom', method: 'PATCH', pathParameters: {} };
    expect(
      await only(updating(user, { title: 'a' }, { ...custom, path: user.path })),
    ).toMatchObject({
      outcome: 'written',
    });
    const pattern = {
      ...custom,
      path: '/api/v2/users/{id}',
      pathParameters: rows({ id: user.id }),
    };
    expect(await only(updating(user, { title: 'b' }, pattern))).toMatchObject({
      outcome: 'written',
    });
  });

  describe('that cannot succeed', () => {
    it.each<[string, number, string, RegExp]>([
      [
        'forbidden',
        403,
        'You need directory:group:edit',
        /directory:group:edit.*Give a role.*named above\.$/,
      ],
      [
        'forbidden',
        403,
        'You may not do this before 10:20:30',
        /Give a role.*the permission for this \(docs\/credential\.md lists them\)\.$/,
      ],
      ['invalid', 400, 'name is too long', /name is too long/],
      ['notFound', 404, 'No such group', /there is no such resource.*Path Parameters/],
    ])('says why: %s', async (code, status, message, words) => {
      const group = simulator.current.addResource('groups');
      simulator.current.fault({ on: 'write', kind: 'reply', status, message });
      const json = await only(updating(group, { description: 'x' }));
      expect(json['error']).toMatch(words);
      expect(json['error']).not.toMatch(/participant|conversation/);
      expect(detailsOf(json)).toMatchObject({ code, status, path: group.path });
    });

    it('asks for another method where the API does not take this one', async () => {
      const group = simulator.current.addResource('groups');
      const custom = { kind: 'custom', method: 'PATCH', path: group.path, pathParameters: {} };
      const json = await only(updating(group, { description: 'x' }, custom));
      expect(detailsOf(json)).toMatchObject({ code: 'server', status: 405 });
      expect(json['error']).toMatch(/Use PUT.*Check the kind, or the method and the path/);
    });

    it('says what the server has to say about the content', async () => {
      const campaign = simulator.current.addResource('campaigns');
      const json = await only(updating(campaign, { dialingMode: 'loud' }));
      expect(json['error']).toMatch(/dialingMode/);
      expect(detailsOf(json)).toMatchObject({ code: 'invalid', status: 400 });
    });

    it('where there is no such resource', async () => {
      const json = await only(
        updating(
          { kind: 'groups', id: '00000000-0000-4000-8000-000000000000' },
          { a: 1 },
          { retry: { patience: 0 } },
        ),
      );
      expect(detailsOf(json)).toMatchObject({ code: 'notFound', status: 404 });
    });

    it.each([
      ['no version', '{ "name": "x" }', /without a version.*Check the kind, or the method/],
      ['a list', '[]', /expected one JSON object/],
      ['digits that would be lost', '{ "version": 1, "n": 12345678901234567890 }', /more digits/],
      ['a number that is too large', '{ "version": 1, "n": [1e400] }', /more digits/],
    ])('where what is read has %s', async (_, body, words) => {
      const group = simulator.current.addResource('groups');
      simulator.current.fault({ on: 'read', kind: 'reply', status: 200, body });
      const json = await only(updating(group, { description: 'x' }));
      expect(json['error']).toMatch(words);
      expect(detailsOf(json)).toMatchObject({ code: 'server' });
      expect(simulator.current.journal.writes()).toEqual([]);
    });
  });

  describe('is refused before any request', () => {
    const id = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';
    const group = { kind: 'groups', id } as const;
    const custom = (path: unknown, method = 'PUT') =>
      ({ kind: 'custom', method, path, pathParameters: {} }) as IDataObject;

    it.each<[string, IDataObject, unknown, RegExp]>([
      [
        'an unknown kind',
        { kind: 'PUT /api/v2/nothing' },
        { a: 1 },
        /^"Kind" of item 0: .*not in the list/,
      ],
      ['a parameter that is missing', { pathParameters: {} }, { a: 1 }, /"groupId" is missing/],
      [
        'a parameter too many',
        { pathParameters: rows({ groupId: id, x: '1' }) },
        { a: 1 },
        /"x" is not in the path/,
      ],
      ['a blank ID', { pathParameters: rows({ groupId: ' ' }) }, { a: 1 }, /"groupId" is blank/],
      [
        'what is no ID',
        { pathParameters: rows({ groupId: '..' }) },
        { a: 1 },
        /"groupId" is "\.\.", which is not an ID/,
      ],
      [
        'a slash',
        { ...custom('/api/v2/x/{y}'), pathParameters: rows({ y: 'a/b' }) },
        { a: 1 },
        /not an ID/,
      ],
      [
        'dots',
        { ...custom('/api/v2/x/{y}'), pathParameters: rows({ y: '..' }) },
        { a: 1 },
        /not an ID/,
      ],
      [
        'a control character',
        { ...custom('/api/v2/x/{y}'), pathParameters: rows({ y: 'a\u0000' }) },
        { a: 1 },
        /not an ID/,
      ],
      [
        'nothing from an expression',
        { pathParameters: rows({ groupId: '={{ $json.no }}' }) },
        { a: 1 },
        /"groupId" is nothing/,
      ],
      [
        'a path elsewhere',
        custom('/api/v1/groups'),
        { a: 1 },
        /^"Path" of item 0: .*not a path of the API/,
      ],
      ['a host', custom('https://example.com/api/v2/groups/x'), { a: 1 }, /not a path/],
      ['a path with dots', custom('/api/v2/groups/../conversations/x'), { a: 1 }, /not a path/],
      ['an encoded path', custom('/api/v2/groups/%2e%2e/x'), { a: 1 }, /not a path/],
      ['a query', custom('/api/v2/groups/x?y=1'), { a: 1 }, /not a path/],
      ['no path', custom(''), { a: 1 }, /not a path/],
      [
        'a call',
        custom(`/api/v2/conversations/calls/${id}`, 'PATCH'),
        { a: 1 },
        /state of a live call/,
      ],
      [
        'a participant',
        custom(`/api/v2/conversations/${id}/participants/${id}`),
        { a: 1 },
        /live call/,
      ],
      [
        'another method',
        custom(`/api/v2/conversations/${id}/participants/${id}`, 'DELETE'),
        { a: 1 },
        /"Method"/,
      ],
      [
        'a call elsewhere',
        custom(`/api/v2/routing/Conversations/${id}`, 'PATCH'),
        { a: 1 },
        /live call/,
      ],
      [
        'a call by parameters',
        { ...custom('/api/v2/{a}/{b}'), pathParameters: rows({ a: 'conversations', b: id }) },
        { a: 1 },
        /live call/,
      ],
      [
        'the calls of a conversation in the place of its ID',
        custom('/api/v2/conversations/calls/customattributes', 'PATCH'),
        { a: 1 },
        /live call/,
      ],
      ['a dot at an end', custom(`/api/v2/conversations./${id}`), { a: 1 }, /not a path/],
      ['three dots', custom(`/api/v2/groups/.../${id}`), { a: 1 }, /not a path/],
      [
        'a dot at the end of a parameter',
        { ...custom('/api/v2/{a}/x'), pathParameters: rows({ a: 'conversations.' }) },
        { a: 1 },
        /"conversations\.", which is not an ID/,
      ],
      [
        'a parameter that is encoded already',
        { ...custom('/api/v2/{a}/x'), pathParameters: rows({ a: 'conversation%73' }) },
        { a: 1 },
        /"conversation%73", which is not an ID/,
      ],
      ['a list as patch', {}, '[1]', /^"Changes" of item 0: \[1\] is not one JSON object/],
      ['no JSON', {}, '{ a }', /"Changes".*not valid JSON/],
      ['a text', {}, '"x"', /"Changes".*not one JSON object/],
      ['an empty patch', {}, {}, /nothing to change/],
      ['a version', {}, { version: 3 }, /"version" is not for you to change/],
      ['an ID', {}, { id: 'x' }, /"id" is not for you/],
      [
        'a condition on the version',
        { options: { onlyIfEquals: '{ "version": 3 }' } },
        { a: 1 },
        /"Only If Equals".*"version" is kept by Genesys Cloud itself.*Name the fields/,
      ],
      [
        'a condition on who wrote last, by pointer',
        { options: { onlyIfEquals: '{ "/modifiedBy/id": "x" }' } },
        { a: 1 },
        /"modifiedBy" is kept by Genesys Cloud itself/,
      ],
      ['a name twice', {}, '{ "a": { "b": 1, "b": 2 } }', /"b" is there twice/],
      ['a value that is missing', {}, '={{ { a: { b: $json.no } } }}', /"\/a\/b" has no value/],
      [
        'a hole in a text',
        {},
        '={ "a": "x{{ $json.no }}" }',
        /Field "\/a": \{\{ \$json\.no \}\} gives nothing/,
      ],
      [
        'a policy that is none',
        { options: { conflictPolicy: 'x' } },
        { a: 1 },
        /"Conflict Policy"/,
      ],
      [
        'a condition that is none',
        { options: { onlyIfEquals: '[]' } },
        { a: 1 },
        /"Only If Equals"/,
      ],
    ])('%s', async (_, more, changes, words) => {
      const json = await only(updating(group, changes, more));
      expect(json).toMatchObject({ outcome: 'failed', path: null, details: { code: 'invalid' } });
      expect(json['error']).toMatch(words);
      expect(simulator.current.journal.entries).toEqual([]);
    });
  });
});

describe('Where a PUT merges what it should replace', () => {
  const simulator = simulatorForEachTest({ putMerges: true });

  it('a field that is removed is sent as null, from the first time on that it stays', async () => {
    for (const writes of [2, 1]) {
      const group = simulator.current.addResource('groups', { fields: { description: 'old' } });
      simulator.current.journal.clear();
      const { items } = await run(simulator.current, {
        parameters: updating(group, { description: null, visibility: 'members' }),
      });
      expect(items[0]?.json).toMatchObject({
        outcome: 'written',
        changed: {
          '/description': { from: 'old', to: null },
          '/visibility': { from: 'public', to: 'members' },
        },
      });
      expect(group.fields).not.toHaveProperty('description');
      expect(bodies(simulator.current)).toHaveLength(writes);
    }
  });
});
