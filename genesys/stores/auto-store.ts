import {
  type Admission,
  type Delta,
  isAbsent,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
  StoreError,
} from '../../core';
import type { GenesysClient } from '../client';
import type { ConversationParticipant } from '../conversations/conversation';
import { GenesysError } from '../transport/genesys-error';
import { ParticipantAttributesStore } from './participant-attributes-store';
import type { ParticipantRaw } from './participant-parts';
import { ParticipantStore } from './participant-store';
import { sharedLimits } from '../transport/shared-limits';
import { SingleFlight } from '../transport/single-flight';
import { WriteMethods } from './write-method';

/** Shared by all executions of the process. */
const writeMethods = new WriteMethods();
const probes = new SingleFlight<void>();

/** Whoever asks meanwhile waits so long for somebody else's read to tell, in ms, and then reads alone. */
const LONGEST_WAIT_FOR_OTHERS_MS = 1000;

/** Answers to a versioned read by which an organisation says that it has no such thing. */
const NOT_OFFERED = new Set([403, 404, 405, 501]);
/** Those that still say so after it has been seen to have it; a 403 then is about a permission. */
const NOT_OFFERED_ANY_MORE = new Set([404, 405, 501]);

/**
 * Writes participant attributes by the method that the organisation offers: under a version where a
 * participant read by itself carries one, else by `PATCH`.
 *
 * The first read finds out, and its answer serves as the snapshot too: where versions are offered
 * that costs no request, else one. A passing failure decides nothing.
 */
export class AutoStore implements Store<ParticipantRaw> {
  readonly admission: Admission;
  private readonly participant: ParticipantStore;
  private readonly attributes: ParticipantAttributesStore;
  private latest: ParticipantStore | ParticipantAttributesStore;
  /** Whether a write has met that the method is not offered after all. */
  private contradicted = false;

  constructor(
    private readonly client: GenesysClient,
    conversationId: string,
    participantId: string,
  ) {
    this.participant = new ParticipantStore(client, conversationId, participantId);
    this.attributes = new ParticipantAttributesStore(client, conversationId, participantId);
    this.admission = this.participant.admission;
    this.latest = this.participant;
  }

  /** Of the method that the latest read used. */
  get versioned(): boolean {
    return this.latest.versioned;
  }

  async read(limits: RequestLimits): Promise<Snapshot<ParticipantRaw>> {
    const left = sharedLimits(limits);
    const snapshot = await this.readByKnownMethod(left);
    this.latest = this.storeOf(snapshot);
    return snapshot;
  }

  /**
   * What a participant that was read as part of its conversation tells, where that is how attributes
   * are read; else `undefined`, or what finding out has shown.
   */
  async snapshotOf(
    found: ConversationParticipant,
    limits: RequestLimits,
  ): Promise<Snapshot<ParticipantRaw> | undefined> {
    const method = writeMethods.of(this.client.key);
    const probed = method ? undefined : await this.probe(sharedLimits(limits), found);
    const snapshot =
      probed ??
      (writeMethods.of(this.client.key) === 'patch'
        ? this.attributes.snapshotOf(found)
        : undefined);
    if (snapshot) this.latest = this.storeOf(snapshot);
    return snapshot;
  }

  async write(
    delta: Delta,
    base: Snapshot<ParticipantRaw>,
    limits: RequestLimits,
  ): Promise<Receipt<ParticipantRaw>> {
    try {
      const receipt = await this.storeOf(base).write(delta, base, limits);
      this.contradicted = false;
      return receipt;
    } catch (error) {
      if (!answered(error, NOT_OFFERED_ANY_MORE)) throw error;
      writeMethods.forget(this.client.key);
      if (this.contradicted) throw error;
      // Nothing was written, and the next read finds out anew; but not for ever.
      this.contradicted = true;
      throw new StoreError(error.message, { kind: 'transient' }, { cause: error.cause });
    }
  }

  leftUndone(delta: Delta, stored: Snapshot<ParticipantRaw>): boolean {
    return stored.raw.writeMethod === 'versioned' && this.participant.leftUndone(delta, stored);
  }

  private async readByKnownMethod(left: () => RequestLimits): Promise<Snapshot<ParticipantRaw>> {
    for (;;) {
      switch (writeMethods.of(this.client.key)) {
        case 'patch':
          return await this.attributes.read(left());
        case 'versioned':
          return await this.readAsKnown(left);
        case undefined: {
          const probed = await this.probe(left);
          if (probed) return probed;
        }
      }
    }
  }

  /** One participant alone does not tell that an organisation has changed: others find out anew. */
  private async readAsKnown(left: () => RequestLimits): Promise<Snapshot<ParticipantRaw>> {
    try {
      return await this.participant.read(left());
    } catch (error) {
      if (!answered(error, NOT_OFFERED_ANY_MORE)) throw error;
      if (isAbsent(error) && left().mayBeAbsent) throw error;
      const shown = await this.attributes.read(left());
      // It is there: what said that it is not may have been a passing fault.
      const again = await this.participant.read(left()).catch((reason: unknown) => {
        if (!answered(reason, NOT_OFFERED_ANY_MORE)) throw reason;
        return undefined;
      });
      if (again) return again;
      writeMethods.forget(this.client.key);
      return shown;
    }
  }

  /**
   * Finds out by reading, once for all who ask at the same time.
   *
   * @returns the snapshot, or `undefined` where somebody else's read told.
   */
  private async probe(
    left: () => RequestLimits,
    found?: ConversationParticipant,
  ): Promise<Snapshot<ParticipantRaw> | undefined> {
    let own: Promise<Snapshot<ParticipantRaw>> | undefined;
    await probes
      .join(
        this.client.key,
        async () => {
          own = this.findOut(left, found);
          // How it fails is about this participant, and nothing to the others who wait.
          await own.catch(() => undefined);
        },
        { ...left(), timeoutMs: Math.min(LONGEST_WAIT_FOR_OTHERS_MS, left().timeoutMs) },
        () => new Error('Somebody else takes too long to find out.'),
      )
      .catch(() => undefined);
    if (own) return await own;
    return writeMethods.of(this.client.key) ? undefined : await this.findOut(left, found);
  }

  /** Reads the participant by itself; where that is not offered, as part of its conversation. */
  private async findOut(
    left: () => RequestLimits,
    found?: ConversationParticipant,
  ): Promise<Snapshot<ParticipantRaw>> {
    try {
      const snapshot = await this.participant.read(left());
      if (snapshot.version !== null) {
        writeMethods.learn(this.client.key, 'versioned');
        return snapshot;
      }
    } catch (error) {
      if (!answered(error, NOT_OFFERED)) throw error;
    }
    const snapshot = found ? this.attributes.snapshotOf(found) : await this.attributes.read(left());
    writeMethods.learn(this.client.key, 'patch');
    return snapshot;
  }

  private storeOf({ raw }: Snapshot<ParticipantRaw>) {
    return raw.writeMethod === 'versioned' ? this.participant : this.attributes;
  }
}

function answered(error: unknown, statuses: ReadonlySet<number>): error is StoreError {
  if (!(error instanceof StoreError) || !(error.cause instanceof GenesysError)) return false;
  const { kind, signIn, status = 0 } = error.cause.details;
  return kind === 'status' && !signIn && statuses.has(status);
}
