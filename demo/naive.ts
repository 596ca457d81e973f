import type { Call } from '../simulator';
import type { ParticipantClient } from './participant-client';
import type { Update } from './update';

/** Read, change, write; on a 409 that was it. Answers whether it believes to have written. */
export async function giveUpOnConflict(
  call: Call,
  client: ParticipantClient,
  { name, value }: Update,
): Promise<boolean> {
  const { version, attributes } = await client.readCustomer(call);
  return await client.writeCustomer(call, {
    version,
    attributes: { ...attributes, [name]: value },
  });
}

/**
 * The same, but on a 409 it fetches the new version number only and sends the old map again under
 * it. The write gets through, and takes back whatever others wrote since the first read.
 */
export async function resendBlindly(
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
