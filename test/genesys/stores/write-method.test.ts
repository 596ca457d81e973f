import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { strategies, UpdateError, type UpdatePolicy } from '../../../core';
import { Shared } from '../../../genesys/shared';
import { attributeChange } from '../../../genesys/stores/attribute-change';
import {
  locateParticipant,
  type ParticipantTarget,
} from '../../../genesys/stores/participant-record';
import { attributePart } from '../../../genesys/stores/participant-parts';
import { WriteMethods } from '../../../genesys/stores/write-method';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../simulator';
import { ManualClock } from '../limits/manual-clock';
import { type Received, sendJson, serve } from '../transport/servers';
import { type Account, clientOf } from '../client-of';
import { set } from './wishes';

const POLICY: UpdatePolicy = {
  maxAttempts: 30,
  totalTimeoutMs: 5000,
  requestTimeoutMs: 5000,
  backoff: strategies.fixed({ baseMs: 10, maxMs: 10 }),
  waitUntilVisible: false,
};
const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

type Participant = Pick<ParticipantTarget, 'conversationId'> & { readonly id: string };

/** A process with one client, which sets an attribute of participants. */
function processOf(account: Account) {
  const shared = new Shared();
  const client = clientOf(account, shared);
  const update = async (
    { conversationId, id }: Participant,
    { signal, value = 'de', writeMethod = 'auto', ...policy }: UpdateOptions = {},
  ) =>
    await shared.lanes.update(
      locateParticipant(client, shared, { conversationId, participant: { id }, writeMethod }),
      attributeChange(set({ lang: value })),
      { ...POLICY, ...policy },
      signal,
    );
  return { update, client, shared };
}

interface UpdateOptions extends Partial<UpdatePolicy> {
  readonly value?: string;
  readonly writeMethod?: ParticipantTarget['writeMethod'];
  readonly signal?: AbortSignal;
}

/** A platform with a client that nobody has used before. */
async function start(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({
    clientId: randomUUID(),
    visibilityLagMs: 0,
    ...options,
  });
  running.push(simulator);
  const { journal } = simulator;
  const add = (): Participant => {
    const { conversationId, customer } = simulator.addCall({ attributes: { lang: 'en' } });
    return { conversationId, id: customer.id };
  };
  /** The API requests that were sent during an action. */
  const requests = async (action: () => Promise<unknown>) => {
    journal.clear();
    await action();
    return journal.entries.filter(({ kind }) => kind !== 'token').map(({ method }) => method);
  };
  return { simulator, add, requests, ...processOf(simulator) };
}

async function updateErrorOf(update: Promise<unknown>): Promise<UpdateError> {
  const error: unknown = await update.catch((reason: unknown) => reason);
  if (error instanceof UpdateError) return error;
  throw new Error('The update did not fail.');
}

describe('An update that is to find out how to write', () => {
  it('writes under a version where there are versions, without any extra request', async () => {
    const { add, requests, update } = await start();
    const participant = add();
    const sent = await requests(async () => {
      const { attempts, snapshot } = await update(participant);
      expect([attempts, snapshot.version]).toEqual([1, 2]);
      expect(snapshot.raw.writeMethod).toBe('versioned');
    });
    expect(sent).toEqual(['GET', 'PUT']);
  });

  it.each([404, 405] as const)(
    'patches where a participant by itself answers %i, and asks only once per client',
    async (missingStatus) => {
      const { add, requests, update } = await start({ flavour: 'public', missingStatus });
      const first = await requests(async () => {
        expect(await update(add())).toMatchObject({ attempts: 1, outcome: 'accepted' });
      });
      expect(first).toEqual(['GET', 'GET', 'PATCH']);
      expect(await requests(() => update(add()))).toEqual(['GET', 'PATCH']);
    },
  );

  it.each([403, 501])('patches where the first read answers %i', async (status) => {
    const { add, requests, simulator, update } = await start({ flavour: 'public' });
    simulator.fault({ on: 'read', kind: 'reply', status });
    expect(await requests(() => update(add()))).toEqual(['GET', 'GET', 'PATCH']);
    expect(await requests(() => update(add()))).toEqual(['GET', 'PATCH']);
  });

  it.each([
    ['503', { on: 'read', kind: 'reply', status: 503 }],
    ['429', { on: 'read', kind: 'reply', status: 429, retryAfter: '0' }],
    ['a dropped connection', { on: 'read', kind: 'dropBefore' }],
  ] as const)('has decided nothing after %s', async (_, fault) => {
    for (const flavour of ['versioned', 'public'] as const) {
      const { add, requests, simulator, update } = await start({ flavour });
      simulator.fault(fault);
      const sent = await requests(async () => {
        expect((await update(add())).attempts).toBe(2);
      });
      const then = flavour === 'public' ? ['GET', 'GET', 'PATCH'] : ['GET', 'PUT'];
      expect(sent).toEqual(['GET', ...then]);
    }
  });

  it('finds out once for a hundred of one participant, also where that fails at first', async () => {
    const { add, requests, simulator, update } = await start({ latencyMs: 10 });
    const participant = add();
    simulator.fault({ on: 'read', kind: 'reply', status: 503 });
    const sent = await requests(async () => {
      const all = Array.from({ length: 100 }, (_, index) => ({ value: `${index}` }));
      const results = await Promise.all(all.map((options) => update(participant, options)));
      expect(results.map(({ batchSize }) => batchSize)).toEqual(all.map(() => 100));
    });
    expect(sent).toEqual(['GET', 'GET', 'PUT']);
  });

  it('finds out once for 50 participants at the same time', async () => {
    const { add, simulator, update } = await start({ flavour: 'public', latencyMs: 10 });
    const results = await Promise.all(Array.from({ length: 50 }, () => update(add())));
    expect(results.every(({ snapshot }) => snapshot.raw.writeMethod === 'patch')).toBe(true);
    const { journal } = simulator;
    const probes = journal.reads().filter(({ path }) => path.includes('/participants/'));
    expect(probes).toHaveLength(1);
    expect(journal.reads()).toHaveLength(51);
  });

  it.each(['versioned', 'public'] as const)(
    'fails only where its participant is not there, and says so (%s)',
    async (flavour) => {
      const { add, requests, update } = await start({ flavour, latencyMs: 5 });
      const participant = add();
      const nobody = { ...participant, id: randomUUID() };
      const [failed, ...others] = await Promise.all([
        updateErrorOf(update(nobody)),
        ...Array.from({ length: 5 }, () => update(participant)),
      ]);
      expect(failed.lastFailure?.failure).toEqual({ kind: 'permanent', isAbsent: true });
      expect(failed.lastFailure?.cause).toMatchObject({ details: { kind: 'notFound' } });
      expect(others.map(({ snapshot }) => snapshot.raw.participantId)).toEqual(
        Array.from({ length: 5 }, () => participant.id),
      );
      const sent = await requests(async () => {
        const known = await updateErrorOf(update(nobody));
        expect(known.lastFailure?.cause).toMatchObject({ details: { kind: 'notFound' } });
        expect(known.story.attempts).toBe(1);
      });
      expect(sent).toHaveLength(flavour === 'public' ? 1 : 2);
    },
  );

  it('that is cancelled goes without disturbing the others', async () => {
    const { add, update } = await start({ latencyMs: 60 });
    const participant = add();
    const leaving = updateErrorOf(update(participant, { signal: AbortSignal.timeout(20) }));
    const staying = update(participant, { value: 'fr' });
    expect((await leaving).reason).toBe('cancelled');
    expect((await staying).snapshot.version).toBe(2);
  });
});

describe('Updates of one participant by "auto" and by the method that it comes to', () => {
  it.each(['versioned', 'public'] as const)(
    'share a read and a write once that is known (%s)',
    async (flavour) => {
      const { add, requests, update } = await start({ flavour, latencyMs: 10 });
      await update(add());
      const participant = add();
      const writeMethod = flavour === 'public' ? 'patch' : 'versioned';
      const sent = await requests(async () => {
        const results = await Promise.all([
          update(participant, { value: 'one' }),
          update(participant, { value: 'two', writeMethod }),
        ]);
        expect(results.map(({ batchSize }) => batchSize)).toEqual([2, 2]);
      });
      expect(sent).toEqual(['GET', writeMethod === 'patch' ? 'PATCH' : 'PUT']);
    },
  );

  it('never meet in a conflict, also where it is not known yet', async () => {
    const { add, simulator, update } = await start({ latencyMs: 10 });
    const participant = add();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        update(participant, { value: `${index}`, writeMethod: index % 2 ? 'auto' : 'versioned' }),
      ),
    );
    expect(results.map(({ conflicts }) => conflicts)).toEqual(results.map(() => 0));
    expect(simulator.journal.entries.filter(({ status }) => status === 409)).toEqual([]);
  });
});

/** A platform whose versioned participant the test answers. */
async function platform(
  answer: (request: Received, response: ServerResponse, id: string) => boolean,
) {
  const id = randomUUID();
  const server = await serve((request, response) => {
    if (request.url === '/oauth/token') {
      sendJson(response, 200, { access_token: 't', expires_in: 100 });
    } else if (!answer(request, response, id)) {
      sendJson(response, 200, { participants: [{ id, attributes: { from: 'conversation' } }] });
    }
  });
  const { update } = processOf({ url: server.url, clientId: randomUUID(), clientSecret: 's' });
  const methods = async (options?: UpdateOptions) => {
    const before = server.received.length;
    const result = await update({ conversationId: randomUUID(), id }, options);
    const requests = server.received.slice(before).filter(({ url }) => url !== '/oauth/token');
    return { ...result, requests: requests.map(({ method }) => method) };
  };
  return { server, update: methods, id };
}

const byItself = ({ url }: Received) => /\/participants\/[^/]+$/.test(url);

describe('An organisation', () => {
  it('whose participants come without a version is patched', async () => {
    const { server, update } = await platform((request, response) => {
      if (!byItself(request)) return false;
      sendJson(response, 200, { attributes: { from: 'participant' } });
      return true;
    });
    const { requests, snapshot } = await update();
    expect(requests).toEqual(['GET', 'GET', 'PATCH']);
    expect([snapshot.version, snapshot.raw.writeMethod]).toEqual([null, 'patch']);
    expect(snapshot.parts.get(attributePart('from'))).toBe('conversation');
    await update();
    expect(server.received.filter(byItself)).toHaveLength(1);
  });

  it('that stops offering versions is found out anew by the update after, but not for a 403', async () => {
    let status = 200;
    let version = 1;
    const { update } = await platform((request, response) => {
      if (!byItself(request)) return false;
      sendJson(response, status, { version: version++, attributes: { lang: 'de' } });
      return true;
    });
    expect((await update()).requests).toEqual(['GET']);
    status = 403;
    const refused = await updateErrorOf(update());
    expect(refused.lastFailure?.failure).toEqual({ kind: 'permanent' });
    status = 405;
    // By itself, in its conversation, and by itself again: then it is patched, in one attempt.
    const patched = await update();
    expect(patched.requests).toEqual(['GET', 'GET', 'GET', 'PATCH']);
    expect(patched.attempts).toBe(1);
    // One participant alone does not decide for all, so the next one asks once more, and then no more.
    expect((await update()).requests).toEqual(['GET', 'GET', 'PATCH']);
    expect((await update()).requests).toEqual(['GET', 'PATCH']);
  });

  it('that stops offering versions fails those who insist on them, and no others', async () => {
    let status = 200;
    const { update } = await platform((request, response) => {
      if (!byItself(request)) return false;
      sendJson(response, status, { version: 1, attributes: { lang: 'de' } });
      return true;
    });
    await update();
    status = 405;
    const [insisting, other] = await Promise.all([
      updateErrorOf(update({ writeMethod: 'versioned' })),
      update(),
    ]);
    expect(insisting.reason).toBe('permanent');
    expect(other.snapshot.raw.writeMethod).toBe('patch');
  });

  it('that has versions after all is not patched for one participant that could not be read', async () => {
    const statuses = [200, 404, 404, 200];
    const { update } = await platform((request, response) => {
      if (!byItself(request)) return false;
      sendJson(response, statuses.shift() ?? 200, { version: 1, attributes: { lang: 'de' } });
      return true;
    });
    await update();
    expect((await update()).snapshot.raw.writeMethod).toBe('patch');
    expect((await update()).snapshot.raw.writeMethod).toBe('versioned');
  });

  it('that says only once that it has no such participant has versions as before', async () => {
    const statuses = [200, 404, 200];
    const { update } = await platform((request, response) => {
      if (!byItself(request)) return false;
      sendJson(response, statuses.shift() ?? 200, { version: 1, attributes: { lang: 'de' } });
      return true;
    });
    await update();
    const again = await update();
    expect(again.requests).toEqual(['GET', 'GET', 'GET']);
    expect(again.snapshot.raw.writeMethod).toBe('versioned');
    expect((await update()).requests).toEqual(['GET']);
  });

  it('whose participants come without their version from now on is patched', async () => {
    let version: number | undefined = 1;
    const { update } = await platform((request, response) => {
      if (!byItself(request)) return false;
      sendJson(response, 200, { version, attributes: { lang: 'de' } });
      return true;
    });
    await update();
    version = undefined;
    const insisting = await updateErrorOf(update({ writeMethod: 'versioned' }));
    expect(insisting.message).toContain('without a version');
    expect((await update()).snapshot.raw.writeMethod).toBe('patch');
    version = 1;
    expect((await update()).snapshot.raw.writeMethod).toBe('versioned');
  });

  it('of which one read comes without a version has versions as before', async () => {
    const versions = [1, undefined, 1];
    const { update } = await platform((request, response) => {
      if (!byItself(request)) return false;
      const version = versions.length > 0 ? versions.shift() : 1;
      sendJson(response, 200, { version, attributes: { lang: 'de' } });
      return true;
    });
    await update();
    expect((await update()).snapshot.raw.writeMethod).toBe('versioned');
    expect((await update()).requests).toEqual(['GET']);
  });

  it('that does not take a PATCH any more is asked again', async () => {
    let versioned = false;
    const { update } = await platform((request, response) => {
      if (byItself(request)) {
        sendJson(response, versioned ? 200 : 404, { version: 1, attributes: { lang: 'de' } });
      } else if (request.method === 'PATCH') {
        sendJson(response, versioned ? 404 : 202, {});
      } else return false;
      return true;
    });
    expect((await update()).requests).toEqual(['GET', 'GET', 'PATCH']);
    versioned = true;
    const asked = await update();
    expect(asked.requests).toEqual(['GET', 'PATCH', 'GET']);
    expect(asked.snapshot.raw.writeMethod).toBe('versioned');
  });

  it('that takes neither is not asked for ever', async () => {
    const { update } = await platform((request, response) => {
      if (byItself(request)) sendJson(response, 405, {});
      else if (request.method === 'PATCH') sendJson(response, 405, {});
      else return false;
      return true;
    });
    const error = await updateErrorOf(update());
    expect(error.reason).toBe('permanent');
    expect(error.story.attempts).toBeLessThanOrEqual(2);
  });
});

describe('The write method of a client', () => {
  it('is remembered for an hour, for that client alone', () => {
    const clock = new ManualClock();
    const methods = new WriteMethods(clock);
    methods.learn('one', 'patch');
    clock.advance(3_599_999);
    expect([methods.of('one'), methods.of('other')]).toEqual(['patch', undefined]);
    clock.advance(1);
    expect(methods.of('one')).toBeUndefined();
  });

  it('is the latest that was learned, until it is forgotten', () => {
    const methods = new WriteMethods(new ManualClock());
    methods.learn('one', 'patch');
    methods.learn('one', 'versioned');
    methods.learn('other', 'patch');
    methods.forget('one');
    expect([methods.of('one'), methods.of('other')]).toEqual([undefined, 'patch']);
    methods.learn('one', 'versioned');
    expect(methods.of('one')).toBe('versioned');
  });
});
