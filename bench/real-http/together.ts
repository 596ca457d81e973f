import type { StrategyName } from '../../core';
import type { WriterProcess } from './crowd';
import type { SecureSimulator } from './secure-simulator';
import type { Account } from './writer';

/** For the question to reach all processes before they begin. */
const LEAD_MS = 200;

/** What updates cost whose writers are in each other's way. */
export interface Clash {
  readonly updates: number;
  readonly conflicts: number;
  readonly requests: number;
  /** From the first beginning to the last end, in ms. */
  readonly makespanMs: number;
}

export interface ClashOptions {
  readonly updatesEach: number;
  readonly strategy: StrategyName;
}

/** Lets all write to one participant from the same moment on, each one update after the other. */
export async function clash(
  { simulator }: SecureSimulator,
  account: Account,
  writers: readonly WriterProcess[],
  { updatesEach, strategy }: ClashOptions,
): Promise<Clash> {
  const { conversationId, customer } = simulator.addCall();
  const earlier = simulator.journal.entries.length;
  const startAt = Date.now() + LEAD_MS;
  await Promise.all(
    writers.map(async (writer, number) => {
      await writer.ask({
        account,
        target: { conversationId, participantId: customer.id },
        names: Array.from({ length: updatesEach }, (_, index) => `p${number}.${index}`),
        strategy,
        startAt,
      });
    }),
  );
  const makespanMs = Date.now() - startAt;
  const updates = updatesEach * writers.length;
  const written = Object.keys(customer.attributes).length;
  if (written !== updates) throw new Error(`${written} of ${updates} updates were written`);
  const requests = simulator.journal.entries
    .slice(earlier)
    .filter(({ kind }) => kind === 'read' || kind === 'write');
  return {
    updates,
    conflicts: requests.filter(({ status }) => status === 409).length,
    requests: requests.length,
    makespanMs,
  };
}
