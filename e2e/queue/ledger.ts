import type { Call, JournalEntry } from '../../simulator';

/** What one process has sent about a call, and what came of it. */
export interface Share {
  readonly requests: number;
  readonly conflicts: number;
  /** Attributes that its writes brought, in order. */
  readonly brought: readonly string[];
}

/** Everything that was sent about a call, by the token that it was sent with. */
export function sharesByToken(
  entries: readonly JournalEntry[],
  call: Call,
): ReadonlyMap<string, Share> {
  const shares = new Map<string, Share>();
  for (const entry of entries) {
    if (!entry.path.includes(call.conversationId)) continue;
    const token = entry.authorization ?? '';
    const { brought, conflicts, requests } = shares.get(token) ?? NOTHING;
    shares.set(token, {
      requests: requests + 1,
      conflicts: conflicts + (entry.status === 409 ? 1 : 0),
      brought: [...brought, ...(entry.applied ? namesBrought(entry, call) : [])],
    });
  }
  return shares;
}

const NOTHING: Share = { requests: 0, conflicts: 0, brought: [] };

function namesBrought({ body }: JournalEntry, { customer: { commits } }: Call): string[] {
  const { version } = body as { version: number };
  const attributesAt = (wanted: number) =>
    commits.find((commit) => commit.version === wanted)?.attributes ?? {};
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
export function losses({ customer: { commits } }: Call): string[] {
  return commits.flatMap(({ attributes, version }, index) =>
    Object.entries(commits[index - 1]?.attributes ?? {})
      .filter(([name, value]) => attributes[name] !== value)
      .map(([name]) => `${name} at version ${version}`),
  );
}
