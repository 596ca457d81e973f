import { z } from 'zod/v4';
import { emptyAttributesSchema } from './attribute-display';
import { conflictStatusSchema } from './conflict';
import { echoSchema } from './echo';
import { lagSchema } from './lag';
import type { News } from './news';

const settingsSchema = z
  .object({
    /** Each read shows the record as it was so many ms ago, its version too; default 0, or 2000 for `public`. */
    visibilityLagMs: lagSchema,
    /** Reads come from several replicas, each so many ms behind, on top of `visibilityLagMs`; default `[0]`. */
    replicas: z.array(lagSchema).min(1),
    /** Which replica answers a read; default `roundRobin`. */
    replicaOrder: z.enum(['roundRobin', 'random']),
    /** No read of a conversation shows an older state than one before it did; default false. */
    monotonicReads: z.boolean(),
    /** What the reply to a PUT shows; default `complete`. */
    putEcho: echoSchema,
    /** How a participant without attributes is shown; default `object`, with none. */
    emptyAttributes: emptyAttributesSchema,
    /** What a write based on an old version is answered with; default 409. */
    conflictStatus: conflictStatusSchema,
    /** Whether that answer names the version; default true. */
    conflictNamesVersion: z.boolean(),
    /** So often other systems write to the customer of each live call, all of them together; default 0. */
    otherWritesPerSecond: z.number().min(0).max(100),
    /**
     * What becomes of a write of secure or custom attributes that names no version where there are some
     * already; default that it replaces them.
     */
    withoutVersion: z.enum(['replaces', 'conflicts']),
    /** Of all that lags and replicas draw at random; default 1. A new one starts a new sequence. */
    seed: z.int(),
  })
  .partial();

/** Some of the settings. */
export type SettingsChange = z.infer<typeof settingsSchema>;

/** `versioned` serves the versioned participant resource, `public` only what the public API has. */
export type Flavour = 'versioned' | 'public';

/** How cleanly the simulated organisation behaves; may be changed while it runs. */
export type Settings = {
  readonly [Name in keyof SettingsChange]-?: NonNullable<SettingsChange[Name]>;
};

/** Refuses what is no setting. */
export const settingsChangeSchema = settingsSchema.strict();

const DEFAULTS: Settings = {
  visibilityLagMs: 0,
  replicas: [0],
  replicaOrder: 'roundRobin',
  monotonicReads: false,
  putEcho: 'complete',
  emptyAttributes: 'object',
  conflictStatus: 409,
  conflictNamesVersion: true,
  otherWritesPerSecond: 0,
  withoutVersion: 'replaces',
  seed: 1,
};

/** A PATCH is answered 202, taken, and reads show it later. */
const PUBLIC_DEFAULTS: Settings = { ...DEFAULTS, visibilityLagMs: 2000 };

/** The settings as they are at the moment. */
export class CurrentSettings {
  #values: Settings;

  /** Takes the settings from among other options; throws where one is not well formed. */
  constructor(
    flavour: Flavour,
    options: SettingsChange,
    private readonly news: News,
  ) {
    this.#values = flavour === 'public' ? PUBLIC_DEFAULTS : DEFAULTS;
    this.#take(settingsSchema.safeParse(options));
  }

  get values(): Settings {
    return this.#values;
  }

  /** Throws where anything is not well formed, and then changes nothing. */
  change(change: SettingsChange): void {
    this.#take(settingsChangeSchema.safeParse(change));
    this.news.tell();
  }

  #take({ data, error }: z.ZodSafeParseResult<SettingsChange>): void {
    if (error) throw new Error(z.prettifyError(error));
    const given = Object.entries(data).filter(([, value]) => value !== undefined);
    this.#values = { ...this.#values, ...Object.fromEntries(given) };
  }
}
