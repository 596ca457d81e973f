import { Authors } from './authors';
import { isLinearizable, LONGEST_HISTORY } from './linearizability';
import type { Journal } from './journal';
import { type Call, countOf, type Operation } from './operation';
import { type Step, type VersionChain, versionChains } from './version-chain';

/**
 * The records whose history no order of its operations explains. Left out are those with too long a
 * history, and those where the server lagged: its own answers are not linearizable then.
 */
export function unexplained(history: readonly Operation[], journal: Journal): readonly string[] {
  const chains = versionChains(journal);
  const authors = new Authors(history, chains);
  return chains
    .filter(({ record }) => !journal.requests.some((sent) => sent.record === record && sent.lagged))
    .filter((chain) => {
      const all = [
        ...history.filter(({ record }) => record === chain.record),
        ...writesFromOutside(chain),
        ...repetitions(chain, authors),
      ].filter(({ outcome }) => outcome.kind !== 'failed');
      const final = chain.steps.at(-1)?.commit ?? chain.initial;
      return (
        all.length <= LONGEST_HISTORY && !isLinearizable(all, chain.initial.content, final.content)
      );
    })
    .map(({ record }) => record);
}

/** Those that no client made are operations of a single moment. */
function writesFromOutside({ steps }: VersionChain): readonly Operation[] {
  return steps.flatMap((step) => {
    const { client, record, moment, content, version } = step.commit;
    const call = callIn(step);
    return client === null && call
      ? [
          {
            client: 'outside',
            record,
            call,
            invoked: moment,
            answered: moment,
            invokedMs: 0,
            answeredMs: 0,
            outcome: {
              kind: 'written',
              shows: { state: content, version },
              counted: countOf(content),
            },
          },
        ]
      : [];
  });
}

function callIn({ set, appended, counted }: Step): Call | undefined {
  if (counted > 0) return { kind: 'count', by: counted };
  if (set.size > 0) return { kind: 'set', values: Object.fromEntries(set) };
  const token = appended?.join('') ?? '';
  return token === '' ? undefined : { kind: 'append', token };
}

/**
 * A write that may be repeated, because its client was not told of it, is an unknown operation of
 * its own.
 */
function repetitions({ steps, record }: VersionChain, authors: Authors): readonly Operation[] {
  return steps.flatMap((step) => {
    if (step.commit.client === null || step.commit.acknowledged) return [];
    const writers = new Set(
      [...step.set.values()].flatMap((value) => authors.only(record, value) ?? []),
    );
    return [...writers]
      .filter((writer) =>
        steps.some(
          ({ commit, set }) =>
            commit.version > step.commit.version &&
            [...set.values()].some((value) => authors.only(record, value) === writer),
        ),
      )
      .map((writer): Operation => ({ ...writer, outcome: { kind: 'unknown' } }));
  });
}
