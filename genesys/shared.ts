import { Lanes, systemClock } from '../core';
import type { SharedByClients } from './client';
import { ConversationReads } from './conversations/conversation-reads';
import { LookUps } from './conversations/look-ups';
import { Watches } from './conversations/watches';
import { LimitsOfClients } from './limits/limits-of-clients';
import { Slices } from './limits/slices';
import type { SharedByParticipants } from './stores/participant-record';
import type { MergingServers } from './stores/versioned-store';
import { WriteMethods } from './stores/write-method';
import { Connections } from './transport/connections';
import { SignIn } from './transport/sign-in';

/**
 * All that the executions of a process share, and nothing else does: one is made and handed down. A
 * test makes its own.
 */
export class Shared implements SharedByClients, SharedByParticipants {
  readonly connections = new Connections();
  readonly signIn = new SignIn(this.connections);
  readonly limits = new LimitsOfClients();
  readonly conversations = new ConversationReads();
  readonly lookUps = new LookUps(this.conversations);
  readonly watches = new Watches();
  readonly writeMethods = new WriteMethods();
  readonly merging: MergingServers = new Set();
  /** Records of all kinds that are under way, and what is remembered of them. */
  readonly lanes = new Lanes<unknown, unknown>({ clock: systemClock, random: Math.random });
  /** The event loop is everybody's. */
  readonly slices = new Slices();
}

/** The one of this process. */
export const shared = new Shared();
