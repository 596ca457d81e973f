import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';

import {
  chooseParticipant,
  conversationPath,
  type ParticipantChoice,
  type Presence,
  presenceOf,
  readParticipants,
} from '../../../genesys/conversations/conversation';
import { genesysErrorOf } from '../transport/errors';
import { type HttpServer, sendJson, serve } from '../transport/servers';
import { Shared } from '../../../genesys/shared';
import { clientOf } from '../client-of';

const shared = new Shared();

const CONVERSATION = '6f1d3c2e-9a4b-4c6d-8e2f-0123456789ab';
const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, '0')}:00.000Z`;

/** The UUID of the participant that a test calls by this name. */
const uuidOf = (name: string) =>
  createHash('md5')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

function isNamed(value: unknown): value is { readonly id: string } {
  return (
    typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
  );
}

/** Participants as the API shows them: with a UUID for the name that the test gives as `id`. */
const shown = (participants: unknown): unknown =>
  Array.isArray(participants)
    ? participants.map((one: unknown) => (isNamed(one) ? { ...one, id: uuidOf(one.id) } : one))
    : participants;

/** A client, and a server with one conversation of these participants. */
async function platform(participants: unknown) {
  const server = await serve(({ url }, response) => {
    if (url === '/oauth/token')
      sendJson(response, 200, { access_token: 'the-token', expires_in: 100 });
    else sendJson(response, 200, { id: CONVERSATION, participants });
  });
  const client = clientOf(server, shared);
  return { server, client };
}

interface Look {
  readonly server: HttpServer;
  readonly found: Promise<string>;
}

/** Looks for a participant in a conversation whose participants are just so. */
async function lookIn(participants: unknown, choice: ParticipantChoice): Promise<Look> {
  const { server, client } = await platform(participants);
  const found = readParticipants(client, CONVERSATION, { timeoutMs: 5000 }).then(
    (shown) => chooseParticipant(shown, CONVERSATION, choice).id,
  );
  return { server, found };
}

/** Looks for a purpose in a conversation of these participants. */
const look = async (participants: unknown, purpose = 'agent') =>
  await lookIn(shown(participants), { purpose });

const find = async (participants: unknown, purpose?: string) => {
  const found = await (await look(participants, purpose)).found;
  const names = (Array.isArray(participants) ? participants : []).filter(isNamed);
  return names.find(({ id }) => uuidOf(id) === found)?.id;
};
const failure = async (participants: unknown, purpose?: string) =>
  await genesysErrorOf((await look(participants, purpose)).found);

describe('the participant with a purpose', () => {
  it('is looked up in the conversation, with one request', async () => {
    const { server, found } = await look([{ id: 'a', purpose: 'agent' }]);
    await found;
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /oauth/token',
      `GET /api/v2/conversations/${CONVERSATION}`,
    ]);
  });

  it('is the one that has it', async () => {
    const participants = [
      { id: 'c', purpose: 'customer', startTime: at(0) },
      { id: 'a', purpose: 'agent', startTime: at(1) },
      { id: 'x', purpose: 'external', startTime: at(2) },
    ];
    expect(await find(participants)).toBe('a');
  });

  it.each(['AGENT', 'Agent', 'aGeNt'])('is found whatever the case, as %s', async (purpose) => {
    expect(await find([{ id: 'a', purpose: 'agent' }], purpose)).toBe('a');
    expect(await find([{ id: 'a', purpose }], 'agent')).toBe('a');
  });

  it('is the latest of those that are still connected, in whatever order they are listed', async () => {
    const participants = [
      { id: 'later', purpose: 'agent', connectedTime: at(5), calls: [{ state: 'connected' }] },
      { id: 'left', purpose: 'agent', connectedTime: at(9), endTime: at(10) },
      { id: 'earlier', purpose: 'agent', connectedTime: at(3), calls: [{ state: 'connected' }] },
    ];
    expect(await find(participants)).toBe('later');
    expect(await find(participants.toReversed())).toBe('later');
  });

  it('is the latest of all when none is connected any more', async () => {
    const participants = [
      { id: 'later', purpose: 'agent', connectedTime: at(5), endTime: at(6) },
      { id: 'earlier', purpose: 'agent', connectedTime: at(1), endTime: at(9) },
    ];
    expect(await find(participants)).toBe('later');
    expect(await find(participants.toReversed())).toBe('later');
  });

  it('is the latest by its start where it never connected', async () => {
    const participants = [
      { id: 'later', purpose: 'agent', startTime: at(5) },
      { id: 'earlier', purpose: 'agent', startTime: at(0), connectedTime: at(2) },
      { id: 'timeless', purpose: 'agent' },
    ];
    expect(await find(participants)).toBe('later');
  });

  it('is the latest by the time it connected, however early it was called', async () => {
    const participants = [
      { id: 'later', purpose: 'agent', startTime: at(0), connectedTime: at(9) },
      { id: 'earlier', purpose: 'agent', startTime: at(3), connectedTime: at(4) },
    ];
    expect(await find(participants)).toBe('later');
  });

  it('counts as connected without any communication until it has ended', async () => {
    const participants = [
      { id: 'earlier', purpose: 'agent', startTime: at(1), calls: [{ state: 'connected' }] },
      { id: 'later', purpose: 'agent', startTime: at(2), calls: [] },
    ];
    expect(await find(participants)).toBe('later');
  });

  it('is the last that is listed among those of the same time', async () => {
    const participants = ['one', 'two'].map((id) => ({ id, purpose: 'agent', startTime: at(1) }));
    expect(await find(participants)).toBe('two');
  });

  it.each([
    'calls',
    'callbacks',
    'chats',
    'cobrowsesessions',
    'emails',
    'internalMessages',
    'messages',
    'screenshares',
    'socialExpressions',
    'videos',
  ])('does not count as connected when all its %s have ended', async (medium) => {
    const ended = [{ state: 'disconnected' }, { state: 'terminated' }];
    const participants = [
      { id: 'here', purpose: 'agent', startTime: at(1), [medium]: [{ state: 'connected' }] },
      { id: 'gone', purpose: 'agent', startTime: at(2), [medium]: ended },
    ];
    expect(await find(participants)).toBe('here');
  });

  it.each(['connected', 'held', undefined, null])(
    'counts as connected while one communication is in the state %j',
    async (state) => {
      const participants = [
        { id: 'earlier', purpose: 'agent', startTime: at(1), calls: [{ state: 'connected' }] },
        {
          id: 'later',
          purpose: 'agent',
          startTime: at(2),
          calls: [{ state: 'terminated' }, { state: 'alerting' }, { state }],
        },
      ];
      expect(await find(participants)).toBe('later');
    },
  );

  describe.each([
    ['calls', 'alerting'],
    ['calls', 'dialing'],
    ['calls', 'contacting'],
    ['calls', 'offering'],
    ['calls', 'queued'],
    ['messages', 'none'],
    ['callbacks', 'scheduled'],
    ['emails', 'a state that is new'],
  ])('who has nothing but %s in the state %j', (medium, state) => {
    const onTheWay = (id: string, minute: number) => ({
      id,
      purpose: 'agent',
      startTime: at(minute),
      [medium]: [{ state: 'terminated' }, { state }],
    });
    const talks = { id: 'talks', purpose: 'agent', connectedTime: at(1) };
    const left = { id: 'left', purpose: 'agent', connectedTime: at(9), endTime: at(10) };

    it('comes after one who is connected, however late', async () => {
      const held = { ...talks, calls: [{ state: 'connected', held: true }] };
      const participants = [held, onTheWay('rings', 5), left];
      expect(await find(participants)).toBe('talks');
      expect(await find(participants.toReversed())).toBe('talks');
    });

    it('comes before one who has left later, and before one on the way for longer', async () => {
      const participants = [onTheWay('rings', 5), onTheWay('rang before', 3), left];
      expect(await find(participants)).toBe('rings');
      expect(await find(participants.toReversed())).toBe('rings');
    });
  });

  it('counts as connected when one of its media has not ended', async () => {
    const participants = [
      { id: 'earlier', purpose: 'agent', startTime: at(1), calls: [{ state: 'connected' }] },
      {
        id: 'later',
        purpose: 'agent',
        startTime: at(2),
        calls: [{ state: 'terminated' }],
        messages: [{ state: 'connected' }],
      },
    ];
    expect(await find(participants)).toBe('later');
  });

  it('may hold nulls and fields that nobody knows', async () => {
    const odd = {
      id: 'a',
      purpose: 'agent',
      startTime: null,
      connectedTime: null,
      endTime: null,
      calls: null,
      emails: [],
      holograms: [{ state: 7 }],
    };
    expect(await find([{ id: 'nameless', purpose: null }, { id: 'bare' }, odd])).toBe('a');
  });
});

describe('a purpose that nobody has', () => {
  it('is an error that lists the purposes there are, each once', async () => {
    const error = await failure([
      { id: '1', purpose: 'customer' },
      { id: '2', purpose: 'acd' },
      { id: '3', purpose: 'acd' },
      { id: '4' },
    ]);
    expect(error.message).toBe(
      'Nobody in this call has the purpose "agent". It has: customer, acd, unknown',
    );
    expect(error.details).toEqual({
      kind: 'notFound',
      sent: true,
      method: 'GET',
      path: `/api/v2/conversations/${CONVERSATION}`,
    });
  });

  it('is not found among those without any', async () => {
    expect((await failure([{ id: '1' }], 'unknown')).details.kind).toBe('notFound');
    expect((await failure([{ id: '1', purpose: null }], '')).details.kind).toBe('notFound');
  });

  it('is an error in an empty conversation', async () => {
    expect((await failure([])).message).toContain('It has: none at all');
  });
});

describe('the participant with an id', () => {
  it('is the one, whatever the case of the id and whoever else is there', async () => {
    const participants = shown([
      { id: 'c', purpose: 'customer' },
      { id: 'a', purpose: 'agent', endTime: at(1) },
      { id: 'b', purpose: 'agent' },
    ]);
    const id = uuidOf('a');
    expect(await (await lookIn(participants, { id })).found).toBe(id);
    expect(await (await lookIn(participants, { id: id.toUpperCase() })).found).toBe(id);
  });

  it('that is not in the conversation is an error that names it', async () => {
    const id = uuidOf('nobody');
    const { found } = await lookIn(shown([{ id: 'a', purpose: 'agent' }]), { id });
    const error = await genesysErrorOf(found);
    expect(error.message).toBe(`Nobody in this call has the ID ${id}`);
    expect(error.details).toEqual({
      kind: 'notFound',
      sent: true,
      method: 'GET',
      path: `/api/v2/conversations/${CONVERSATION}`,
    });
  });
});

describe('an id of a participant that is no UUID', () => {
  it.each(['a', '', '../../users/me', `${uuidOf('a')}/attributes`])(
    'as %j counts as nobody, so that it never gets into a path',
    async (id) => {
      const { found } = await lookIn([{ id, purpose: 'agent' }], { purpose: 'agent' });
      expect((await genesysErrorOf(found)).details.kind).toBe('notFound');
    },
  );

  it('is told, and not that nobody has the purpose', async () => {
    const { server, client } = await platform([{ id: 'p-1', purpose: 'agent' }]);
    const participants = await readParticipants(client, CONVERSATION, { timeoutMs: 5000 });
    expect(() => chooseParticipant(participants, CONVERSATION, { purpose: 'agent' })).toThrow(
      'The participant that is meant has the ID "p-1", which is no UUID',
    );
    expect(server.received).toHaveLength(2);
  });
});

describe('everybody in a conversation', () => {
  it('is read with one request, in the order of the reply, with fields that nobody knows', async () => {
    const participants = [
      { id: 'b', purpose: 'agent', name: 'Bea', attributes: { a: 7 } },
      { id: 'a', purpose: null, later: { deep: true } },
    ];
    const { server, client } = await platform(participants);
    expect(await readParticipants(client, CONVERSATION, { timeoutMs: 5000 })).toEqual(participants);
    expect(server.received).toHaveLength(2);
  });

  it.each<[Presence, object]>([
    ['connected', {}],
    ['connected', { endTime: null }],
    ['connected', { calls: [{ state: 'alerting' }], chats: [{ state: 'connected' }] }],
    ['left', { endTime: at(1) }],
    ['left', { endTime: at(1), calls: [{ state: 'connected' }] }],
    ['onTheWay', { calls: [{ state: 'terminated' }, { state: 'alerting' }] }],
    ['left', { calls: [{ state: 'terminated' }], chats: [{ state: 'disconnected' }] }],
  ])('is %s with %j', (presence, more) => {
    expect(presenceOf({ id: 'a', ...more })).toBe(presence);
  });
});

describe('a conversation that cannot be read', () => {
  it.each([
    ['participants', undefined],
    ['participants', null],
    ['participants', {}],
    ['participants.0.id', [{ purpose: 'agent' }]],
    ['participants.0.id', [{ id: 7, purpose: 'agent' }]],
    ['participants.0.purpose', [{ id: 'a', purpose: 7 }]],
    ['participants.0.calls', [{ id: 'a', purpose: 'agent', calls: {} }]],
  ])('names what is wrong: %s', async (where, participants) => {
    const error = await failure(participants);
    expect(error.details.kind).toBe('shape');
    expect(error.message).toContain(`"${where}": `);
  });
});

describe('the path of a conversation', () => {
  it.each([
    [CONVERSATION, `/api/v2/conversations/${CONVERSATION}`],
    ['a/../b?c#d', '/api/v2/conversations/a%2F..%2Fb%3Fc%23d'],
  ])('of %j is %j', (id, path) => {
    expect(conversationPath(id)).toBe(path);
  });
});
