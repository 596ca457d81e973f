import type { Call, JournalEntry } from '../../simulator';

/** What one process has sent about a call, and what came of it. */
export interface Share {
  readonly requests: number;
  readonly conflicts: number;
  /** Attributes that its writes brought, in order. */
  readonly brought: readonly string[];
}

/** What a participant had at version 1, before anything was committed. */
type First = Readonly<Record<string, string>>;

/** Everything that was sent about a call, by the token that it was sent with. */
export function sharesByToken(
  entries: readonly JournalEntry[],
  call: Call,
  first: First,
): ReadonlyMap<string, Share> {
  const shares = new Map<string, Share>();
  for (const entry of entries) {
    if (!entry.path.includes(call.conversationId)) continue;
    const token = entry.authorization ?? '';
    const { brought, conflicts, requests } = shares.get(token) ?? NOTHING;
    shares.set(token, {
      requests: requests + 1,
      conflicts: conflicts + (entry.status === 409 ? 1 : 0),
      brought: [...brought, ...(entry.applied ? namesBrought(entry, call, first) : [])],
    });
  }
  return shares;
}

const NOTHING: Share = { requests: 0, conflicts: 0, brought: [] };

function namesBrought(
  { body }: JournalEntry,
  { customer: { commits } }: Call,
  first: First,
): string[] {
  const { version } = body as { version: number };
  const attributesAt = (wanted: number) =>
    commits.find((commit) => commit.version === wanted)?.attributes ?? first;
  const before = attributesAt(version);
  return Object.keys(attributesAt(version + 1)).filter((name) => !(name in before));
}

/** The most requests within any 60 seconds, sign-ins not counted. */
export function busiestMinute(entries: readonly JournalEntry[]): number {
  const times = entries.filter(({ kind }) => kind !== 'token').map(({ at }) => at);
  return Math.max(
    ...times.map((start) => times.filter((at) => at >= start && at < start + 60_000).length),
  );
}

/** Attributes of a call's customer that a commit took away, or gave another value. */
export function losses({ customer: { commits } }: Call, first: First): string[] {
  return commits.flatMap(({ attributes, version }, index) =>
    Object.entries(commits[index - 1]?.attributes ?? first)
      .filter(([name, value]) => attributes[name] !== value)
      .map(([name]) => `${name} at version ${version}`),
  );
}

/**
 * Requests that a process sent while it knew that it was to wait: after a 429 had reached it, and before
 * the time was over that this asked for. What it sent while the 429 was on its way is none of them.
 *
 * @param latencyMs how long a reply takes at most, beside the time on the wire
 */
export function sentInSpiteOf429(
  entries: readonly JournalEntry[],
  latencyMs: number,
): JournalEntry[] {
  const refused = entries.filter(({ status }) => status === 429);
  return entries.filter(({ at, authorization, kind }) =>
    refused.some(
      (one) =>
        kind !== 'token' &&
        one.authorization === authorization &&
        at > one.at + latencyMs &&
        at < one.at + (one.retryAfterMs ?? 0),
    ),
  );
}
