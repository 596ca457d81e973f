import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { patchWithRetryOnFail, putInLoop, putWithRetryOnFail } from '../../demo/http-request';
import { ParticipantClient } from '../../demo/participant-client';
import type { Call, Flavour, Simulator } from '../../simulator';
import { startSimulator } from '../../simulator';

const UPDATE = { name: 'priority', value: 'high' };
const { signal } = new AbortController();

let simulator: Simulator;
let client: ParticipantClient;
let call: Call;
async function start(flavour: Flavour): Promise<void> {
  simulator = await startSimulator({ flavour });
  client = await ParticipantClient.signIn(simulator);
  call = simulator.addCall({ attributes: { lang: 'de' } });
}
beforeEach(async () => {
  await start('versioned');
});
afterEach(async () => {
  await simulator.close();
});

it('Retry On Fail sends the same three times, so that a conflict never ends', async () => {
  simulator.fault({ on: 'write', kind: 'conflict' });
  expect(await putWithRetryOnFail(call, client, UPDATE, signal)).toBe(false);
  const writes = simulator.journal.writes();
  expect(writes.map(({ status }) => status)).toEqual([409, 409, 409]);
  expect(new Set(writes.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  const [first, second] = writes.map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
});

it('the loop gets through, and takes back what others wrote', async () => {
  simulator.fault({ on: 'write', kind: 'foreignWrite', attributes: { crm: 'open' } });
  expect(await putInLoop(call, client, UPDATE, signal)).toBe(true);
  expect(call.customer.attributes).toEqual({ lang: 'de', priority: 'high' });
});

it('a PATCH that a proxy answered is taken for written', async () => {
  await simulator.close();
  await start('public');
  simulator.fault({ on: 'write', kind: 'conflict' });
  simulator.fault({ on: 'write', kind: 'falseAcceptance', body: 'page' });
  expect(await patchWithRetryOnFail(call, client, UPDATE, signal)).toBe(true);
  expect(call.customer.attributes).toEqual({ lang: 'de' });
});
