import { setTimeout as sleep } from 'node:timers/promises';

import type { Call } from '../simulator';
import type { ParticipantClient } from './participant-client';
import { listOf, type Update } from './update';

/** Somebody else who writes to the same participant while we do. */
interface OtherSystem {
  readonly name: string;
  readonly updates: readonly Update[];
}

export const otherSystems: readonly OtherSystem[] = [
  {
    name: 'Agent script',
    updates: listOf({
      script_greeting: 'done',
      script_identity: 'verified',
      script_topic: 'invoice',
      script_offer: 'shown',
    }),
  },
  {
    name: 'Architect flow',
    updates: listOf({
      flow_entry: 'main',
      flow_menu: '2',
      flow_queue: 'billing',
      flow_skill: 'german',
    }),
  },
  {
    name: 'CRM sync',
    updates: listOf({
      crm_account: '4711',
      crm_owner: 'north',
      crm_case: 'C-2290',
      crm_status: 'open',
    }),
  },
  {
    name: 'Speech analysis',
    updates: listOf({
      speech_mood: 'calm',
      speech_pace: 'fast',
      speech_topic: 'refund',
      speech_score: '64',
    }),
  },
  {
    name: 'Payment desk',
    updates: listOf({
      pay_method: 'card',
      pay_check: 'passed',
      pay_amount: '49.90',
      pay_state: 'settled',
    }),
  },
  {
    name: 'Agent assist',
    updates: listOf({
      assist_hint: 'discount',
      assist_article: 'KB-17',
      assist_used: 'yes',
      assist_closed: 'yes',
    }),
  },
];

/** Everything that the other systems write on one call. */
export const foreignUpdates = otherSystems.flatMap((system) => system.updates);

const UPDATE_EVERY_MS = 280;
const MAX_PAUSE_MS = 60;

/** How another system sets one attribute; it resolves when that is written. */
export type WriteAsOther = (
  call: Call,
  update: Update,
  system: string,
  signal: AbortSignal,
) => Promise<void>;

/** Lets every system write its attributes, steadily and one after the other. */
export async function runOtherSystems(
  call: Call,
  write: WriteAsOther,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    otherSystems.map(async ({ name, updates }, index) => {
      await sleep((index * UPDATE_EVERY_MS) / otherSystems.length, undefined, { signal });
      for (const update of updates) {
        const rest = sleep(UPDATE_EVERY_MS, undefined, { signal });
        await Promise.all([write(call, update, name, signal), rest]);
      }
    }),
  );
}

/** They do it properly: a conflict makes them read again and apply their change to what is there. */
export function writeLockedBy(client: ParticipantClient): WriteAsOther {
  return async (call, { name, value }, _system, signal) => {
    for (;;) {
      const { version, attributes } = await client.readCustomer(call);
      const next = { version, attributes: { ...attributes, [name]: value } };
      if (await client.writeCustomer(call, next)) return;
      await sleep(Math.random() * MAX_PAUSE_MS, undefined, { signal });
    }
  };
}

/** Past the API and what goes wrong there: where single attributes are merged, nobody is in their way. */
export function writeUnhindered(call: Call, { name, value }: Update, system: string) {
  call.customer.write({ [name]: value }, system);
  return Promise.resolve();
}
