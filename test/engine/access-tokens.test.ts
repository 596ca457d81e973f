import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { JournalEntry, Simulator } from '../../simulator';
import { simulatorForEachTest } from './set-up';
import { updateMany } from './update-many';

function written(outputs: readonly IDataObject[]): number {
  return outputs.filter(({ outcome }) => outcome === 'written').length;
}

/** The requests of each token. */
function byToken({ journal }: Simulator): readonly (readonly JournalEntry[])[] {
  const entries = journal.entries.filter(({ kind }) => kind !== 'token');
  return Object.values(Object.groupBy(entries, ({ authorization = '' }) => authorization)).map(
    (ofToken) => ofToken ?? [],
  );
}

describe('A server that allows each token 20 requests a minute', () => {
  const simulator = simulatorForEachTest({ latencyMs: 10, requestsPerMinute: 20 });

  it('takes three times as many updates with three tokens more, and refuses none', async () => {
    const one = { requestsPerMinute: 20 };
    const outputs = await updateMany(simulator.current, 40, one, { totalTimeout: 1000 });
    expect(written(outputs)).toBe(10);
    expect(byToken(simulator.current).map(({ length }) => length)).toEqual([20]);

    // The first token has none left.
    const threeMore = { requestsPerMinute: 20, tokens: 4 };
    const more = await updateMany(simulator.current, 40, threeMore, { totalTimeout: 1000 });
    expect(written(more)).toBe(30);
    expect(byToken(simulator.current).map(({ length }) => length)).toEqual([20, 20, 20, 20]);
    const { entries } = simulator.current.journal;
    expect(entries.filter(({ status }) => status === 429)).toEqual([]);
    expect(simulator.current.journal.tokens()).toHaveLength(4);
  }, 30_000);

  it('is heeded by each token where the credential allows more', async () => {
    const credential = { requestsPerMinute: 100_000, tokens: 3 };
    expect(written(await updateMany(simulator.current, 15, credential))).toBe(15);
    const retry = { totalTimeout: 1000 };
    expect(written(await updateMany(simulator.current, 40, credential, retry))).toBe(15);
    const { entries } = simulator.current.journal;
    expect(entries.filter(({ status }) => status === 429)).toEqual([]);
  }, 30_000);
});

describe('A server that allows less to the client than to its tokens', () => {
  const simulator = simulatorForEachTest({
    latencyMs: 10,
    requestsPerMinute: 20,
    clientRequestsPerMinute: 30,
  });

  it('is left alone by all tokens once it has said so', async () => {
    const credential = { requestsPerMinute: 20, tokens: 3 };
    expect(written(await updateMany(simulator.current, 12, credential))).toBe(12);
    // Six of their requests are let through.
    await updateMany(simulator.current, 6, credential, { totalTimeout: 2000 });
    const refused = simulator.current.journal.entries.filter(({ status }) => status === 429);
    // Those that were on their way together.
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(6);
    const sent = simulator.current.journal.entries.length;
    const [late] = await updateMany(simulator.current, 1, credential, { totalTimeout: 2000 });
    expect(late).toMatchObject({ details: { code: 'throttled' } });
    expect(late?.['error']).toMatch(/to send nothing for another (5\d|60)(\.\d)? s/);
    expect(simulator.current.journal.entries).toHaveLength(sent);
  }, 30_000);
});

describe('Of three tokens', () => {
  const simulator = simulatorForEachTest({ latencyMs: 20 });
  const credential = { requestsPerMinute: 3000, tokens: 3 };

  it('one that meets a 429 waits for as long as it says, and the others go on', async () => {
    simulator.current.fault({ on: 'read', kind: 'reply', status: 429, retryAfter: '2' });
    expect(written(await updateMany(simulator.current, 50, credential))).toBe(50);
    const tokens = byToken(simulator.current);
    const stopped = tokens.find((entries) => entries.some(({ status }) => status === 429));
    const refusedAt = (stopped?.find(({ status }) => status === 429)?.at ?? NaN) + 20;
    const early = ({ at }: JournalEntry) => at > refusedAt + 30 && at < refusedAt + 1980;
    expect(stopped?.filter(early)).toEqual([]);
    for (const other of tokens.filter((one) => one !== stopped)) {
      expect(other.filter(early).length).toBeGreaterThan(0);
    }
  }, 30_000);

  it('one that is revoked is renewed alone, and what it was to write is written once', async () => {
    await updateMany(simulator.current, 9, credential);
    expect(simulator.current.journal.tokens()).toHaveLength(3);
    simulator.current.fault({ on: 'write', kind: 'reply', status: 401 });
    expect(written(await updateMany(simulator.current, 9, credential))).toBe(9);
    expect(simulator.current.journal.tokens()).toHaveLength(4);
    const revoked = simulator.current.journal.writes().filter(({ status }) => status === 401);
    expect(revoked).toHaveLength(1);
    expect(simulator.current.journal.writes().filter(({ applied }) => applied)).toHaveLength(18);
  }, 30_000);
});

describe('On the public API', () => {
  const simulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: 200 });

  it('reads, writes and read-backs go with all tokens of the credential', async () => {
    const credential = { requestsPerMinute: 3000, tokens: 3 };
    expect(written(await updateMany(simulator.current, 12, credential))).toBe(12);
    expect(byToken(simulator.current)).toHaveLength(3);
  }, 30_000);
});

describe('The number of tokens in the credential', () => {
  const simulator = simulatorForEachTest();

  it.each([0, 11, 1.5, 'many', -1])(
    'that is wrong (%j) is refused before any request',
    async (tokens) => {
      const [output] = await updateMany(simulator.current, 1, { tokens });
      expect(output).toMatchObject({
        error: expect.stringMatching(/"Access Tokens".*is not a whole number from 1 to 10/),
        details: { code: 'invalid' },
      });
      expect(simulator.current.journal.entries).toEqual([]);
    },
  );

  // n8n fills in what was not there when the credential was saved.
  it.each([undefined, null])('may be missing (%j): it is one', async (tokens) => {
    const outputs = await updateMany(simulator.current, 9, { tokens });
    expect(written(outputs)).toBe(9);
    expect(simulator.current.journal.tokens()).toHaveLength(1);
  });

  it('may be 10', async () => {
    expect(written(await updateMany(simulator.current, 20, { tokens: 10 }))).toBe(20);
    expect(simulator.current.journal.tokens()).toHaveLength(10);
  });
});
