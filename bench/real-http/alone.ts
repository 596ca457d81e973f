import type { JournalEntry } from '../../simulator';
import { type Crowds, type Way, ways, type WriterProcess } from './crowd';
import type { SecureSimulator } from './secure-simulator';
import type { Account } from './writer';

/** Rounds before anything is measured: the code is compiled, and connections are open. */
const WARM_UP = 4;

/** What updates cost whom nobody disturbs; one figure an update. */
export interface Costs {
  /** From the arrival of the read, which is answered at once, to that of the write, in ms. */
  readonly windowMs: number[];
  /** As the writer sees it, in ms. */
  readonly updateMs: number[];
  /** CPU time of the writer's process, in ms. */
  readonly cpuMs: number[];
}

/** Lets all ways update one after the other, round after round, so that what drifts meets them alike. */
export async function measureAlone(
  secure: SecureSimulator,
  account: Account,
  crowds: Crowds,
  rounds: number,
): Promise<Record<Way, Costs>> {
  const none = (): Costs => ({ windowMs: [], updateMs: [], cpuMs: [] });
  const costs = { ours: none(), helper: none(), bare: none() };
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const way of ways) {
      const { windowMs, updateMs, cpuMs } = await updateOnce(secure, account, crowds[way][0]);
      if (round < 0) continue;
      costs[way].windowMs.push(windowMs);
      costs[way].updateMs.push(updateMs);
      costs[way].cpuMs.push(cpuMs);
    }
  }
  return costs;
}

/** One update of a participant of its own, so that nobody has seen it before. */
async function updateOnce({ simulator }: SecureSimulator, account: Account, writer: WriterProcess) {
  const { conversationId, customer } = simulator.addCall({ attributes: { channel: 'voice' } });
  const earlier = simulator.journal.entries.length;
  const { elapsedMs, cpuMs } = await writer.ask({
    account,
    target: { conversationId, participantId: customer.id },
    names: ['priority'],
    strategy: 'adaptive',
    startAt: 0,
  });
  const windowMs = windowOf(simulator.journal.entries.slice(earlier));
  return { windowMs, updateMs: elapsedMs, cpuMs };
}

function windowOf(requests: readonly JournalEntry[]): number {
  const read = requests.findLast(({ kind }) => kind === 'read');
  const write = requests.findLast(({ kind }) => kind === 'write');
  if (read === undefined || write?.status !== 200) throw new Error('The update was not written');
  return write.at - read.at;
}
