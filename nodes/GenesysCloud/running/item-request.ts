import type { UpdatePolicy } from '../../../core';
import type { ParticipantChoice } from '../../../genesys/conversations/conversation';
import type { Circumstances } from '../../failure/failure-advice';
import type { WriteMethod } from '../../../genesys/stores/write-method';

/** What one input item asks for, checked, as far as it is the same for all operations. */
export interface ItemRequest {
  readonly itemIndex: number;
  readonly policy: UpdatePolicy;
  /** What is said of it where it fails; default that the attributes were not written. */
  readonly told?: Pick<Circumstances, 'goal' | 'timeoutName'>;
}

/** What one item asks for of a conversation that is only looked at. */
export interface LookRequest extends ItemRequest {
  /** Those about one conversation are read together. */
  readonly conversationId?: string | undefined;
  readonly participant?: ParticipantChoice | undefined;
  /** In ms, for a conversation or participant that is not there yet; default 0, for none. */
  readonly patienceMs?: number;
}

/** What one item asks for of a record that it changes. */
export interface RecordRequest extends ItemRequest {
  /** In ms, for what is not there yet; 0 for none. */
  readonly patienceMs: number;
}

/** What one item asks for of a participant. */
export interface ParticipantRequest extends RecordRequest {
  readonly conversationId: string;
  readonly participant: ParticipantChoice;
  readonly writeMethod: WriteMethod | 'auto';
  /** Whether it writes the external contact, too. */
  readonly linksContact: boolean | 'alone';
  /** Whether to refuse it where the participant has left. */
  readonly onlyIfConnected: boolean;
}
