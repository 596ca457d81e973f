import { setTimeout as sleep } from 'node:timers/promises';

import type { Call } from '../simulator';
import type { ParticipantClient } from './participant-client';
import type { Update } from './update';

/** What n8n's setting Retry On Fail does unless it is told otherwise. */
const MAX_TRIES = 3;
const WAIT_BETWEEN_TRIES_MS = 1000;

/**
 * HTTP Request nodes that read and write, the one that writes with Retry On Fail: each try sends
 * what the first one sent, the old version included. Answers whether it believes to have written.
 */
export async function putWithRetryOnFail(
  call: Call,
  client: ParticipantClient,
  { name, value }: Update,
  signal: AbortSignal,
): Promise<boolean> {
  const { version, attributes } = await client.readCustomer(call);
  const next = { version, attributes: { ...attributes, [name]: value } };
  return await retryOnFail(() => client.writeCustomer(call, next), signal);
}

/**
 * A loop of HTTP Request nodes: on a 409 it fetches the new version number and sends the old map
 * again under it. The write gets through, and takes back whatever others wrote since the first read.
 */
export async function putInLoop(
  call: Call,
  client: ParticipantClient,
  { name, value }: Update,
  signal: AbortSignal,
): Promise<boolean> {
  const first = await client.readCustomer(call);
  const attributes = { ...first.attributes, [name]: value };
  let { version } = first;
  while (!(await client.writeCustomer(call, { version, attributes }))) {
    signal.throwIfAborted();
    ({ version } = await client.readCustomer(call));
  }
  return true;
}

/** An HTTP Request node that sends a PATCH, with Retry On Fail. Answers whether it got a success. */
export async function patchWithRetryOnFail(
  call: Call,
  client: ParticipantClient,
  { name, value }: Update,
  signal: AbortSignal,
): Promise<boolean> {
  return await retryOnFail(() => client.patchCustomer(call, { [name]: value }), signal);
}

async function retryOnFail(attempt: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  for (let tries = 1; tries < MAX_TRIES; tries += 1) {
    if (await attempt()) return true;
    await sleep(WAIT_BETWEEN_TRIES_MS, undefined, { signal });
  }
  return await attempt();
}
