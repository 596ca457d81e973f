import {
  type Admission,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
  StoreError,
  systemClock,
  type TimedSnapshot,
} from '../../core';
import type { ParticipantRaw } from './participant-parts';

/** It is known now how a record is written, with the snapshot that has told, where one has. */
export class Decided extends Error {
  override readonly name = 'Decided';

  constructor(readonly seen: TimedSnapshot<ParticipantRaw> | undefined) {
    super('It is known now how this record is written.');
  }
}

/**
 * A participant of which it is not known yet how it is written. All who want to write it meet here, so
 * that one read finds out for all of them; and then they go where it is written in that way.
 */
export class UndecidedStore implements Store<ParticipantRaw> {
  readonly versioned = false;

  /** @param find reads it in the way that finds out */
  constructor(
    readonly admission: Admission,
    private readonly find: (limits: RequestLimits) => Promise<Snapshot<ParticipantRaw> | undefined>,
  ) {}

  /** @throws {StoreError} with {@link Decided} as its cause, or what has kept it from finding out */
  async read(limits: RequestLimits): Promise<never> {
    const sentAt = systemClock.now();
    const snapshot = await this.find(limits);
    const answeredAt = systemClock.now();
    const cause = new Decided(snapshot && { snapshot, sentAt, answeredAt });
    throw new StoreError(cause.message, { kind: 'permanent' }, { cause });
  }

  async write(): Promise<Receipt<ParticipantRaw>> {
    return await Promise.reject(new Error('Nothing has been read that could be written.'));
  }
}
