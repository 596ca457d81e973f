import { type Clock, systemClock, type Visibility } from '../core';
import type { Attributes } from './attributes';

/** After this, in ms, a value that was accepted but never seen is given up: Genesys itself speaks of 10 s. */
const FORGET_AFTER_MS = 30_000;

/** Tells from later reads what became of a write. */
type Judge = (seen: Attributes) => Visibility;

/** A value that this process has sent, or is about to send. */
interface Sent {
  readonly value: string;
  readonly at: number;
  /** Set where it surely has not been applied. */
  isRefused?: true;
  /** What it sent after it, whatever became of that. */
  next?: Sent;
}

interface Accepted {
  readonly sent: Sent;
  /** Older values that a read may still show. */
  readonly stale: ReadonlySet<string>;
  /** Whether the value was there before, so that a read that shows it need not show this write. */
  readonly isBack: boolean;
  readonly at: number;
  /** When a read had shown it. */
  seenAt?: number;
}

interface Attribute {
  latest: Sent;
  /** What is to be laid over, until a read has shown what somebody else wrote. */
  accepted?: Accepted;
}

/** Values that are on their way. */
interface Sending {
  /** To be called when they have been accepted, with the attributes that the write was made from, laid over. */
  accepted(this: void, before: Attributes): Judge;
  /** To be called when they surely have not been applied. */
  refused(this: void): void;
}

interface Participant {
  readonly attributes: Map<string, Attribute>;
  readonly forgetAt: number;
}

/**
 * Remembers what was sent and what the API has accepted (202) but reads do not show yet, so that the
 * next update of this process does not take the old value for the present one, nor the value of
 * another update for somebody else's. An attribute that is missing and an empty one are the same here.
 */
export class AcceptedWrites {
  private readonly participants = new Map<string, Participant>();

  constructor(private readonly clock: Clock = systemClock) {}

  /**
   * What the record will hold when all that was accepted has become visible.
   *
   * @param sentAt when the read that has shown it was sent. Replies can overtake each other, so what
   * came before tells nothing about what was accepted, or seen, only after that.
   */
  laidOver(record: string, shown: Attributes, sentAt: number): Attributes {
    const now = this.clock.now();
    const attributes = new Map(shown);
    for (const [name, attribute] of this.attributesOf(record)) {
      const { accepted } = attribute;
      if (!accepted) continue;
      const { value } = accepted.sent;
      const found = shown.get(name) ?? '';
      if (accepted.at + FORGET_AFTER_MS <= now) delete attribute.accepted;
      else if (found === value) {
        if (!accepted.isBack && sentAt >= accepted.at) accepted.seenAt ??= now;
      } else if (isOlder(accepted, found, sentAt)) attributes.set(name, value);
      else delete attribute.accepted;
    }
    return attributes;
  }

  /** The values that this process was the last to write, by the latest {@link laidOver}. */
  ours(record: string): Attributes {
    return new Map(
      [...this.attributesOf(record)].flatMap(([name, { accepted }]) =>
        accepted ? [[name, accepted.sent.value] as const] : [],
      ),
    );
  }

  /** Notes values that are about to be sent. */
  send(record: string, values: Attributes): Sending {
    const attributes = this.remember(record);
    const sent = new Map<string, Sent>();
    for (const [name, value] of values) {
      const attribute = attributes.get(name);
      const latest: Sent = { value, at: this.clock.now() };
      if (attribute) attribute.latest = attribute.latest.next = latest;
      else attributes.set(name, { latest });
      sent.set(name, latest);
    }
    return {
      accepted: (before) => this.accept(record, sent, before),
      refused: () => {
        for (const one of sent.values()) one.isRefused = true;
      },
    };
  }

  /** Tells from later reads what became of all that a record shows only because it was laid over; `undefined` where nothing was. */
  pending(record: string): Judge | undefined {
    const unseen = new Map(
      [...this.attributesOf(record)].flatMap(([name, { accepted }]) =>
        accepted && accepted.seenAt === undefined ? [[name, accepted] as const] : [],
      ),
    );
    return unseen.size > 0 ? judge(unseen) : undefined;
  }

  private accept(record: string, values: ReadonlyMap<string, Sent>, before: Attributes): Judge {
    const attributes = this.remember(record);
    const noted = new Map<string, Accepted>();
    for (const [name, sent] of values) {
      const attribute = attributes.get(name) ?? { latest: sent };
      const earlier = attribute.accepted;
      const stale = new Set(earlier && earlier.seenAt === undefined ? earlier.stale : []);
      stale.add(before.get(name) ?? '');
      const isBack = stale.delete(sent.value);
      attribute.accepted = { sent, stale, isBack, at: this.clock.now() };
      attributes.set(name, attribute);
      noted.set(name, attribute.accepted);
    }
    return judge(noted);
  }

  private attributesOf(record: string): ReadonlyMap<string, Attribute> {
    return this.participants.get(record)?.attributes ?? new Map<string, Attribute>();
  }

  /** Keeps what is known of a record for a while. */
  private remember(record: string): Map<string, Attribute> {
    const { attributes } = this.participants.get(record) ?? {
      attributes: new Map<string, Attribute>(),
    };
    const since = this.clock.now() - FORGET_AFTER_MS;
    for (const [name, { accepted, latest }] of attributes) {
      if (Math.max(latest.at, accepted?.at ?? 0) <= since) attributes.delete(name);
    }
    // At the end of the map, where the newest are.
    this.participants.delete(record);
    this.participants.set(record, { attributes, forgetAt: this.clock.now() + FORGET_AFTER_MS });
    this.clock.later(FORGET_AFTER_MS, () => {
      this.forgetOld();
    });
    return attributes;
  }

  private forgetOld(): void {
    for (const [record, { forgetAt }] of this.participants) {
      if (forgetAt > this.clock.now()) return;
      this.participants.delete(record);
    }
  }
}

/** Whether what a read has shown was there before what was accepted. */
function isOlder(
  { at, seenAt = Infinity, stale }: Accepted,
  shown: string,
  sentAt: number,
): boolean {
  return sentAt < at || (sentAt < seenAt && stale.has(shown));
}

function judge(accepted: ReadonlyMap<string, Accepted>): Judge {
  return (seen) => {
    const states = [...accepted].map(([name, one]) => visibilityOf(one, seen.get(name) ?? ''));
    if (states.includes('overtaken')) return 'overtaken';
    return states.includes('notYet') ? 'notYet' : 'there';
  };
}

function visibilityOf({ sent, stale }: Accepted, shown: string): Visibility {
  // What this process sent later came after ours, so ours was there before it.
  for (let one: Sent | undefined = sent; one; one = one.next) {
    if (one.value === shown && !one.isRefused) return 'there';
  }
  return stale.has(shown) ? 'notYet' : 'overtaken';
}
