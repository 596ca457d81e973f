import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { GenesysClient } from '../../genesys/client';
import type { Fault } from '../../simulator';
import { notePrinted } from './printed';
import { rows, run, simulatorForEachTest } from './set-up';
import { Shared } from '../../genesys/shared';

const shared = new Shared();

const SECRET = 'correct-horse-battery-staple';
const simulator = simulatorForEachTest({ clientSecret: SECRET });

describe('Client secret and token', () => {
  it.each<[string, Fault[]]>([
    ['a success', []],
    [
      'a refused sign-in that repeats the secret',
      [{ on: 'token', kind: 'reply', status: 401, message: `no client with the secret ${SECRET}` }],
    ],
    ['a conflict', [{ on: 'write', kind: 'conflict', times: 2 }]],
    ['a lost connection', [{ on: 'any', kind: 'dropBefore', times: 9 }]],
    [
      'a page that is no JSON',
      [{ on: 'read', kind: 'reply', status: 200, body: `<html>${SECRET}</html>`, times: 2 }],
    ],
    [
      'a refusal that repeats the secret',
      [{ on: 'read', kind: 'reply', status: 403, message: SECRET, code: SECRET }],
    ],
  ])('appear nowhere after %s', async (_, faults) => {
    const printed = notePrinted();
    const call = simulator.current.addCall();
    simulator.current.expireTokens();
    for (const fault of faults) simulator.current.fault(fault);
    const runs = [];
    for (const [tokens, onError] of [[1, 'continueRegularOutput'], [3]] as const) {
      runs.push(
        await run(simulator.current, {
          parameters: {
            conversationId: call.conversationId,
            attributes: rows({ a: '1' }),
            retry: { maxAttempts: 2 },
          },
          credential: { tokens },
          ...(onError && { onError }),
        }),
      );
    }
    const basic = Buffer.from(`${simulator.current.clientId}:${SECRET}`).toString('base64');
    const tokens = simulator.current.journal.entries
      .filter(({ kind }) => kind !== 'token')
      .map(({ authorization }) => authorization?.replace('Bearer ', '') ?? '');
    const seen = [
      ...printed(),
      ...runs.map(({ run: { data, error } }) => everythingIn([data, error])),
    ].join('\n');
    for (const secret of [SECRET, basic, ...tokens]) expect(seen).not.toContain(secret);
    expect(seen).toContain(call.conversationId);
  });
});

describe('A client that is logged', () => {
  it('does not show its secret', () => {
    const client = new GenesysClient(
      {
        loginUrl: 'https://login.example.com',
        apiUrl: 'https://api.example.com',
        clientId: 'id',
        clientSecret: SECRET,
        requestsPerMinute: 300,
      },
      shared,
    );
    expect(inspect(client, { depth: 9, showHidden: true })).not.toContain(SECRET);
    expect(JSON.stringify(client)).not.toContain(SECRET);
  });
});

/** All own properties of everything reachable, those of errors and the hidden ones included. */
function everythingIn(root: unknown): string {
  const met = new Set<object>();
  const texts: string[] = [];
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) {
      texts.push(String(value));
      return;
    }
    if (met.has(value)) return;
    met.add(value);
    for (const key of Reflect.ownKeys(value)) walk(Reflect.get(value, key));
  };
  walk(root);
  return texts.join('\n');
}
