import {
  type Admission,
  type RequestLimits,
  type Snapshot,
  type Store,
  StoreError,
} from '../../core';
import type { ConversationParticipant } from '../conversations/conversation';
import { GenesysError } from '../transport/genesys-error';
import { sharedLimits } from '../transport/shared-limits';
import type { ParticipantRaw } from './participant-parts';
import { NOT_OFFERED, NOT_OFFERED_ANY_MORE, type WriteMethods } from './write-method';

/** A way that reads a participant as part of its conversation. */
export interface ShownByConversations extends Store<ParticipantRaw> {
  readonly admission: Admission;
  snapshotOf(participant: ConversationParticipant): Snapshot<ParticipantRaw>;
}

/** One participant, with both ways of writing it. */
export interface ParticipantWays {
  /** The key of the client. */
  readonly client: string;
  readonly versioned: Store<ParticipantRaw>;
  readonly patch: ShownByConversations;
}

/**
 * Finds out how the participants of an organisation are written: under a version where a participant
 * read by itself carries one, else by `PATCH`.
 *
 * The read that finds out serves as the snapshot too: where versions are offered that costs no
 * request, else one. A passing failure decides nothing.
 */
export class WriteMethodFinder {
  constructor(
    private readonly methods: WriteMethods,
    private readonly ways: ParticipantWays,
  ) {}

  /**
   * Finds out by reading, once for all who ask at the same time.
   *
   * @param found the participant as its conversation has shown it, where it has
   * @returns the snapshot, or `undefined` where somebody else's read told.
   */
  async find(
    limits: RequestLimits,
    found?: ConversationParticipant,
  ): Promise<Snapshot<ParticipantRaw> | undefined> {
    const left = sharedLimits(limits);
    return await this.methods.findOut(
      this.ways.client,
      async () => await this.read(left, found),
      left(),
    );
  }

  /**
   * Whether a participant is still written under a version, after it was not to be had in that way.
   * One alone does not tell that an organisation has changed: others find out anew.
   *
   * @throws {StoreError} where it is not in its conversation either
   */
  async check(limits: RequestLimits): Promise<Snapshot<ParticipantRaw>> {
    const { client, patch, versioned } = this.ways;
    const left = sharedLimits(limits);
    const shown = await patch.read(left());
    // It is there: what said that it is not, or showed no version, may have been a passing fault.
    const again = await versioned.read(left()).catch((reason: unknown) => {
      if (!isNotOfferedAnyMore(reason)) throw reason;
      return undefined;
    });
    if (again && again.version !== null) return again;
    this.methods.forget(client);
    return shown;
  }

  /** Reads the participant by itself; where that is not offered, as part of its conversation. */
  private async read(
    left: () => RequestLimits,
    found: ConversationParticipant | undefined,
  ): Promise<Snapshot<ParticipantRaw>> {
    const { client, patch, versioned } = this.ways;
    try {
      const snapshot = await versioned.read(left());
      if (snapshot.version !== null) {
        this.methods.learn(client, 'versioned');
        return snapshot;
      }
    } catch (error) {
      if (!isAnswer(error, NOT_OFFERED)) throw error;
    }
    const snapshot = found ? patch.snapshotOf(found) : await patch.read(left());
    this.methods.learn(client, 'patch');
    return snapshot;
  }
}

/** Whether an answer says that there is no such way of reading or writing, after it was seen that there is. */
export function isNotOfferedAnyMore(error: unknown): error is StoreError {
  if (error instanceof StoreError && 'lacksVersion' in error.failure) return true;
  return isAnswer(error, NOT_OFFERED_ANY_MORE);
}

function isAnswer(error: unknown, statuses: ReadonlySet<number>): error is StoreError {
  if (!(error instanceof StoreError) || !(error.cause instanceof GenesysError)) return false;
  const { kind, signIn, status = 0 } = error.cause.details;
  return kind === 'status' && !signIn && statuses.has(status);
}
