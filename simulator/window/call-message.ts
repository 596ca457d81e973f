import type { AttributeValue } from '../attributes';
import type { SimulatedCall } from '../call';
import type { Commit, CommitAuthor } from '../participant';
import type { SimulatedParticipant } from '../participant';
import type { AttributeMessage, CallMessage, ParticipantMessage, Written } from './messages';

const MAX_ATTRIBUTES = 100;
const MAX_TEXT = 300;

const AUTHORS: Readonly<Record<CommitAuthor, string>> = {
  api: 'API client',
  state: 'The call itself',
  other: 'Another system',
};

/** The last write of each attribute, as far as the commits have been gone through. */
interface LastWrites {
  readonly writes: Map<string, Written>;
  commits: number;
}

/** Tells of calls, and knows who wrote what on them. */
export class CallTeller {
  readonly #lastWrites = new WeakMap<SimulatedParticipant, LastWrites>();

  messageFor({ conversationId, connected, participants }: SimulatedCall): CallMessage {
    return {
      conversationId,
      connected,
      participants: participants.map((one) => this.#participantMessage(one)),
    };
  }

  #participantMessage(participant: SimulatedParticipant): ParticipantMessage {
    const { id, purpose, version, attributes, commits } = participant;
    const last = commits.at(-1);
    const writes = this.#writesOf(participant);
    const all = Object.entries(attributes);
    return {
      id,
      purpose: cut(purpose),
      presence: presenceOf(participant),
      version,
      movedBy: last && authorOf(last),
      attributes: all.slice(0, MAX_ATTRIBUTES).map(([name, value]): AttributeMessage => ({
        name: cut(name),
        value: cut(textOf(value)),
        written: writes.get(name),
      })),
      moreAttributes: Math.max(0, all.length - MAX_ATTRIBUTES),
    };
  }

  /** Each commit is gone through once, however many browsers look on. */
  #writesOf(participant: SimulatedParticipant): ReadonlyMap<string, Written> {
    const known = this.#lastWrites.get(participant) ?? { writes: new Map(), commits: 0 };
    this.#lastWrites.set(participant, known);
    const { commits } = participant;
    for (; known.commits < commits.length; known.commits += 1) {
      const commit = commits[known.commits];
      if (commit === undefined) break;
      const before = commits[known.commits - 1] ?? participant.stateAt(-Infinity);
      const written = {
        by: authorOf(commit),
        at: performance.timeOrigin + commit.at,
        version: commit.version,
      };
      for (const [name, value] of Object.entries(commit.attributes)) {
        if (before.attributes[name] !== value) known.writes.set(name, written);
      }
    }
    return known.writes;
  }
}

function authorOf({ by, system }: Commit): string {
  return system ?? AUTHORS[by];
}

function presenceOf({ connected, endTime }: SimulatedParticipant): ParticipantMessage['presence'] {
  if (connected) return 'connected';
  return endTime === undefined ? 'ringing' : 'left';
}

function textOf(value: AttributeValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
