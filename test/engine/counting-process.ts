/**
 * One process of several, on its own: counts one attribute of one participant up so many times, or
 * appends so many entries to it.
 *
 * Arguments: the settings as JSON. Prints as JSON what became of each update.
 */
import { UpdateError } from '../../core';
import { addEntry, countUp } from '../genesys/stores/counting-changes';
import { type LoneClient, updaterOf } from './lone-client';
import { startingSignal } from './run-processes';

export interface CountingSettings extends LoneClient {
  readonly updates: number;
  /** Where it appends: what its entries begin with. */
  readonly entries?: string;
  /** So many updates are under way at a time. */
  readonly atATime: number;
}

/**
 * What an update has counted to, or how many entries it has left, and how many attempts that took; or
 * why it gave up.
 */
export type Counted = { readonly count: number; readonly attempts: number } | string;

async function main(settings: CountingSettings): Promise<void> {
  const updateBy = updaterOf(settings, 'versioned');
  const update = async (number: number): Promise<Counted> => {
    try {
      const { attempts, note } = await updateBy(
        settings.entries === undefined
          ? countUp('counter')
          : addEntry('log', `${settings.entries}${number}`),
      );
      const { value = '' } = note.single ?? {};
      const count = settings.entries === undefined ? Number(value) : value.split(',').length;
      return { count, attempts };
    } catch (error) {
      if (error instanceof UpdateError) return `${error.reason}: ${error.message}`;
      throw error;
    }
  };
  await startingSignal();
  const counted: Counted[] = [];
  let left = settings.updates;
  const oneAfterAnother = async () => {
    while (left > 0) counted.push(await update(left--));
  };
  await Promise.all(Array.from({ length: settings.atATime }, oneAfterAnother));
  process.stdout.write(JSON.stringify(counted));
}

void main(JSON.parse(process.argv[2] ?? '') as CountingSettings);
