import {
  type Located,
  type LocateLimits,
  type Snapshot,
  type Store,
  type StoreError,
  systemClock,
} from '../../core';
import type { GenesysClient } from '../client';
import {
  type ConversationParticipant,
  type ParticipantChoice,
  type Standing,
  standingOf,
} from '../conversations/conversation';
import type { ConversationReads } from '../conversations/conversation-reads';
import type { LookUps } from '../conversations/look-ups';
import { storeError } from '../transport/failure';
import { GenesysError } from '../transport/genesys-error';
import { ContactStore } from './contact-store';
import { ParticipantAttributesStore } from './participant-attributes-store';
import type { ParticipantRaw } from './participant-parts';
import { recordName } from './record';
import { Decided, UndecidedStore } from './undecided-store';
import { versionedParticipant } from './versioned-participant';
import { type MergingServers, VersionedStore } from './versioned-store';
import type { WriteMethod, WriteMethods } from './write-method';
import {
  isNotOfferedAnyMore,
  type ShownByConversations,
  WriteMethodFinder,
} from './write-method-finder';

/** What all updates of participants share in a process. */
export interface SharedByParticipants {
  readonly conversations: ConversationReads;
  readonly lookUps: LookUps;
  readonly writeMethods: WriteMethods;
  readonly merging: MergingServers;
}

/** Which participant, and how it is to be written. */
export interface ParticipantTarget {
  readonly conversationId: string;
  readonly participant: ParticipantChoice;
  readonly writeMethod: WriteMethod | 'auto';
  /**
   * Whether the update is to write the external contact, too. Those have a lane of their own: the
   * server may refuse a write for the contact's sake. `alone` where it writes nothing else.
   */
  readonly linksContact?: boolean | 'alone';
  /** Whether one chosen by ID is looked up as well, since one read by itself may not tell enough. */
  readonly looksUp?: boolean;
}

/** A participant, and what finding it has shown of its conversation. */
export interface LocatedParticipant extends Located<ParticipantRaw> {
  readonly conversationHasEnded?: true;
  /** Of one that was looked up. */
  readonly participantId?: string;
  readonly standing?: Standing;
}

/** So often at most is a way of writing doubted for one update, which costs no attempt. */
const MOST_DOUBTS = 5;

/**
 * Finds the participant that is meant, and how it is written. One chosen by its purpose is looked up in
 * its conversation. From then on that participant is meant, whoever else gets the same purpose.
 */
export function locateParticipant(
  client: GenesysClient,
  shared: SharedByParticipants,
  target: ParticipantTarget,
): (limits: LocateLimits) => Promise<LocatedParticipant> {
  const { conversationId, participant: choice } = target;
  let known =
    'id' in choice && !target.looksUp
      ? new ParticipantRecord(client, shared, target, choice.id)
      : undefined;
  return async (limits) => {
    if (known) return known.located(limits.failed);
    const askedAt = systemClock.now();
    try {
      const { participant, waitedMs, ...times } = await shared.lookUps.find(
        client,
        conversationId,
        choice,
        limits,
      );
      const record = new ParticipantRecord(client, shared, target, participant.id);
      const leftMs = askedAt + limits.patienceMs - systemClock.now();
      const snapshot = await record.snapshotOf(participant, {
        ...limits,
        timeoutMs: Math.max(0, Math.min(limits.timeoutMs, leftMs)),
      });
      known = record;
      return {
        ...record.located(),
        participantId: participant.id,
        standing: standingOf(participant),
        ...(participant.conversationHasEnded && { conversationHasEnded: true }),
        ...(snapshot && { seen: { snapshot, ...times } }),
        waitedMs,
      };
    } catch (error) {
      throw storeError(error, 'read');
    }
  };
}

/** A participant that has been found, for one update. */
class ParticipantRecord {
  private readonly versioned: Store<ParticipantRaw>;
  private readonly patch: ShownByConversations;
  private readonly finder: WriteMethodFinder;
  private readonly record: string;
  private doubts = 0;

  constructor(
    private readonly client: GenesysClient,
    private readonly shared: SharedByParticipants,
    private readonly target: ParticipantTarget,
    participantId: string,
  ) {
    const { conversationId } = target;
    const resource = versionedParticipant(conversationId, participantId);
    this.versioned = new VersionedStore(client, resource, shared.merging);
    const Patch = target.linksContact === 'alone' ? ContactStore : ParticipantAttributesStore;
    this.patch = new Patch(client, shared.conversations, conversationId, participantId);
    const { patch, versioned } = this;
    const ways = { client: client.key, patch, versioned };
    this.finder = new WriteMethodFinder(shared.writeMethods, ways);
    this.record = recordName(client, { kind: 'participant', ids: [conversationId, participantId] });
  }

  /** @param failed what has said that it is not written as it was thought to be */
  located(failed?: StoreError): Located<ParticipantRaw> {
    if (!failed) return this.writtenBy(this.method);
    const { cause } = failed;
    if (cause instanceof Decided) {
      const { seen } = cause;
      if (!seen) return this.writtenBy(this.method);
      return { ...this.writtenBy(seen.snapshot.raw.writeMethod), seen };
    }
    return this.writtenBy(this.method === 'versioned' ? 'doubted' : this.method);
  }

  /** What one that was read as part of its conversation tells, where that is how it is read, or what finding that out has shown. */
  async snapshotOf(
    found: ConversationParticipant,
    limits: LocateLimits,
  ): Promise<Snapshot<ParticipantRaw> | undefined> {
    const shown = this.method === 'unknown' ? await this.finder.find(limits, found) : undefined;
    return shown ?? (this.method === 'patch' ? this.patch.snapshotOf(found) : undefined);
  }

  private get method(): WriteMethod | 'unknown' {
    const { writeMethod } = this.target;
    if (writeMethod !== 'auto') return writeMethod;
    return this.shared.writeMethods.of(this.client.key) ?? 'unknown';
  }

  private writtenBy(how: WriteMethod | 'unknown' | 'doubted'): Located<ParticipantRaw> {
    const { record } = this;
    const { linksContact = false } = this.target;
    const alone = linksContact === 'alone' ? ' alone' : '';
    const contact = linksContact ? ` with contact${alone}` : '';
    return {
      key: `${record} ${how}${contact}`,
      record,
      client: this.client.key,
      store: this.storeOf(how),
      ...(this.target.writeMethod === 'auto' && {
        isElsewhere: (error) => this.isElsewhere(how, error),
      }),
    };
  }

  private storeOf(how: WriteMethod | 'unknown' | 'doubted'): Store<ParticipantRaw> {
    const { finder } = this;
    switch (how) {
      case 'versioned':
      case 'patch':
        return this[how];
      case 'unknown':
        return new UndecidedStore(this.patch.admission, async (limits) =>
          this.method === 'unknown' ? await finder.find(limits) : undefined,
        );
      case 'doubted':
        return new UndecidedStore(
          this.patch.admission,
          async (limits) => await finder.check(limits),
        );
    }
  }

  private isElsewhere(how: WriteMethod | 'unknown' | 'doubted', error: StoreError): boolean {
    if (error.cause instanceof Decided) return true;
    if (how === 'unknown' || how === 'doubted' || !isNotOfferedAnyMore(error)) return false;
    const isWrite = error.cause instanceof GenesysError && error.cause.details.method !== 'GET';
    if (how === 'patch' && !isWrite) return false;
    // Not for ever.
    if (this.doubts++ >= MOST_DOUBTS) return false;
    if (isWrite) this.shared.writeMethods.forget(this.client.key);
    return true;
  }
}
