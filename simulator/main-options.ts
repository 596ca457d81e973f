import { parseArgs } from 'node:util';
import { z } from 'zod/v4';
import type { Flavour, SettingsChange } from './settings';
import { settingsChangeSchema } from './settings';

const milliseconds = z.coerce.number('must be a time in ms').min(0);

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('must be JSON');
    return z.NEVER;
  }
});

const optionsSchema = z.object({
  port: z.coerce.number('must be a port number').int().min(0).max(65_535),
  flavour: z.enum(['versioned', 'public']),
  latency: milliseconds,
  'state-changes-every': milliseconds,
  lag: milliseconds.optional(),
  settings: jsonText.pipe(settingsChangeSchema),
});

/** What the command line asks for; all times in ms. */
export interface MainOptions extends SettingsChange {
  port: number;
  flavour: Flavour;
  latencyMs: number;
  /** 0 = the call's state never changes by itself. */
  stateChangesEveryMs: number;
}

/** Reads flags and the PORT variable. Throws an error with a one-line message on anything wrong. */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): MainOptions {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: env['PORT'] ?? '8080' },
      flavour: { type: 'string', default: 'versioned' },
      latency: { type: 'string', default: '0' },
      'state-changes-every': { type: 'string', default: '2000' },
      lag: { type: 'string' },
      settings: { type: 'string', default: '{}' },
    },
  });
  const { data, error } = optionsSchema.safeParse(values);
  if (error) {
    const wrong = error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
    throw new Error(wrong.join('; '));
  }
  return {
    port: data.port,
    flavour: data.flavour,
    latencyMs: data.latency,
    stateChangesEveryMs: data['state-changes-every'],
    ...(data.lag !== undefined && { visibilityLagMs: data.lag }),
    ...data.settings,
  };
}
