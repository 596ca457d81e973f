/**
 * One process of several, on its own: sets so many attributes of one participant, one update for each,
 * all at once, without n8n around it. Ends by itself when nothing keeps it alive any more.
 *
 * Arguments: the settings as JSON. Prints the outcomes as JSON.
 */
import { attributeChange } from '../../genesys/stores/attribute-change';
import { type LoneClient, updaterOf } from './lone-client';
import { startingSignal } from './run-processes';

export interface ProcessSettings extends LoneClient {
  /** The attributes to set, with their values. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

async function main(settings: ProcessSettings): Promise<void> {
  const update = updaterOf(settings, 'auto');
  await startingSignal();
  const outcomes = await Promise.all(
    settings.values.map(async (value) => {
      const { outcome, attempts, conflicts } = await update(
        attributeChange({
          set: new Map([value]),
          remove: new Set(),
          conflictPolicy: 'overwrite',
          condition: { kind: 'always' },
        }),
      );
      return { outcome, attempts, conflicts };
    }),
  );
  process.stdout.write(JSON.stringify(outcomes));
}

void main(JSON.parse(process.argv[2] ?? '') as ProcessSettings);
