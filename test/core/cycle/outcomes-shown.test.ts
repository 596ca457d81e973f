import { describe, expect, it } from '@jest/globals';

import type { Receipt } from '../../../core';
import { Outcomes } from '../../../core/cycle/outcomes';
import { failureOf } from '../changes';
import type { Values } from '../evidence/log-of-one-record';
import { setUp, snapshotOf, waitOf } from './cycle-context';

const TEXTS = { a: '0', b: '7' };

/** An update whose write was taken under version 5, and that waits for a read. */
function waiting(values: Values, { idempotent = true, accepted = false } = {}) {
  const { context, join, writing } = setUp();
  const outcomes = new Outcomes(context);
  const update = join({ idempotent });
  const before = snapshotOf(TEXTS, 5);
  const receipt: Receipt<null> = accepted ? { accepted: true } : { snapshot: before };
  outcomes.taken(writing(before, [[update, values]]), receipt);
  const confirmation = waitOf(update);
  return {
    update,
    shown: async (texts: typeof TEXTS, version: number) => {
      outcomes.shown(update, confirmation, snapshotOf(texts, version), version === 6);
      return await update.result;
    },
    unfinished: (texts: typeof TEXTS) => {
      outcomes.unfinished(update, confirmation, snapshotOf(texts, 6));
    },
  };
}

const CHANGED = new Map([['a', { from: '0', to: '1' }]]);

describe('A read after a write that was taken under version 5', () => {
  it('shows at version 6 that it is as it was sent', async () => {
    const result = await waiting({ a: '1' }).shown({ a: '1', b: '7' }, 6);
    expect(result).toMatchObject({ outcome: 'written', changed: CHANGED, note: 'done' });
    expect(result.altered).toBeUndefined();
  });

  it('shows at a later version what others have made of it, which is not told', async () => {
    const result = await waiting({ a: '1' }).shown({ a: '9', b: '7' }, 7);
    expect(result).toMatchObject({ outcome: 'written', changed: CHANGED });
    expect(result.altered).toBeUndefined();
  });

  it('may show at a later version what was before, since others can set that again', async () => {
    const result = await waiting({ a: '1' }).shown(TEXTS, 7);
    expect(result).toMatchObject({ outcome: 'written', changed: CHANGED });
  });

  it.each([
    [
      'all is as before, and the write was accepted only',
      { a: '1' },
      true,
      'What was accepted is not there: all is as it was before.',
    ],
    [
      'what was removed is there as before',
      { b: null },
      false,
      'What was removed is there, as it was before.',
    ],
  ])('tells nothing at a later version where %s', async (_, values, accepted, message) => {
    const error = await failureOf(waiting(values, { accepted }).shown(TEXTS, 7));
    expect(error).toMatchObject({ reason: 'indeterminate', message });
  });

  it('shows at version 6 that the server stores nothing of it, which is for good', async () => {
    const { shown, update } = waiting({ a: '1' });
    const error = await failureOf(shown(TEXTS, 6));
    expect(error).toMatchObject({ reason: 'permanent', written: false });
    expect(error.lastFailure?.failure).toEqual({ kind: 'permanent' });
    expect(update.writes.soFar).toEqual([]);
  });
});

describe('A write of which a read shows that some is undone', () => {
  it('is begun anew, and what is there was written', () => {
    const { unfinished, update } = waiting({ a: '1', b: null });
    unfinished({ a: '1', b: '7' });
    expect(update.phase).toEqual({ kind: 'waiting', notBefore: -Infinity });
    expect(update.writes.written).toEqual(CHANGED);
  });

  it('is over where it must not run twice, and is told as the server stores it', async () => {
    const { unfinished, update } = waiting({ a: '1', b: null }, { idempotent: false });
    unfinished({ a: '1', b: '7' });
    expect(await update.result).toMatchObject({
      outcome: 'written',
      changed: CHANGED,
      altered: new Map([['b', { wanted: null, stored: '7' }]]),
    });
  });
});
