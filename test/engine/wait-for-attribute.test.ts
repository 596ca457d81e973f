import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Call } from '../../simulator';
import { byId, byPurpose, run, simulatorForEachTest, start } from './set-up';

const simulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: 0 });

const reads = () => simulator.current.journal.reads();

const parametersFor = (call: Call, parameters: IDataObject = {}): IDataObject => ({
  resource: 'participant',
  operation: 'waitForAttribute',
  conversationId: call.conversationId,
  participant: byPurpose('customer'),
  attribute: 'result',
  ...parameters,
});

async function wait(call: Call, parameters: IDataObject = {}, items?: readonly IDataObject[]) {
  return await run(simulator.current, {
    parameters: parametersFor(call, parameters),
    onError: 'continueErrorOutput',
    ...(items && { items }),
  });
}

const later = (ms: number, act: () => void) => {
  setTimeout(act, ms);
};

describe('Wait for Attribute', () => {
  it('returns it as soon as a read shows it', async () => {
    const call = simulator.current.addCall({ attributes: { lang: 'de' } });
    later(300, () => {
      call.customer.write({ result: 'sold' });
    });
    const { items } = await wait(call);
    expect(items.map(({ json }) => json)).toEqual([
      {
        conversationId: call.conversationId,
        participantId: call.customer.id,
        attribute: 'result',
        value: 'sold',
        outcome: 'there',
        reads: expect.any(Number),
        waitedMs: expect.any(Number),
        attributes: { lang: 'de', result: 'sold' },
      },
    ]);
    expect(items[0]?.json['reads']).toBe(reads().length);
    expect(reads().length).toBeLessThanOrEqual(4);
  });

  it('waits for a value, and for another value', async () => {
    const call = simulator.current.addCall({ attributes: { result: 'open' } });
    later(100, () => {
      call.customer.write({ result: 'sold' });
    });
    const participant = byId(call.customer.id);
    const same = wait(call, { participant, waitFor: 'equals', value: 'sold' });
    const other = wait(call, { participant, waitFor: 'differs', value: 'open' });
    const found = await Promise.all([same, other]);
    expect(found.map(({ items }) => items[0]?.json['value'])).toEqual(['sold', 'sold']);
  });

  it('costs what one wait costs, however many wait on one conversation', async () => {
    const call = simulator.current.addCall();
    later(600, () => {
      call.customer.write({ result: 'sold' });
    });
    const items = Array.from({ length: 50 }, (_, index) => ({ index }));
    // One execution with all of them, though it works on one record at a time, and two others.
    const all = await Promise.all([
      wait(call, { options: { concurrency: 1 } }, items),
      wait(call),
      wait(call),
    ]);
    expect(all.map((one) => one.items.length)).toEqual([50, 1, 1]);
    expect(reads().length).toBeLessThanOrEqual(6);
  });

  it('does not keep other conversations waiting', async () => {
    const waiting = simulator.current.addCall();
    const done = Array.from({ length: 20 }, () =>
      simulator.current.addCall({ attributes: { result: 'sold' } }),
    );
    const ids = [waiting, ...done].map(({ conversationId }) => ({ conversationId }));
    const { items, errors } = await wait(
      waiting,
      { conversationId: '={{ $json.conversationId }}', timeout: 500 },
      ids,
    );
    expect(items).toHaveLength(20);
    expect(items.every(({ json }) => Number(json['waitedMs']) < 500)).toBe(true);
    expect(errors).toHaveLength(1);
  });

  it('is not counted by a concurrency', async () => {
    const [first, second] = [simulator.current.addCall(), simulator.current.addCall()];
    const readsSecond = setInterval(() => {
      const isRead = reads().some(({ path }) => path.includes(second.conversationId));
      if (isRead) first.customer.write({ result: 'sold' });
    }, 20);
    later(400, () => {
      second.customer.write({ result: 'sold' });
    });
    const ids = [first, second].map(({ conversationId }) => ({ conversationId }));
    const { items } = await wait(
      first,
      {
        conversationId: '={{ $json.conversationId }}',
        options: { concurrency: 1 },
        timeout: 3000,
      },
      ids,
    );
    clearInterval(readsSecond);
    expect(items).toHaveLength(2);
  });

  it('ends at its timeout', async () => {
    const call = simulator.current.addCall();
    const { errors } = await wait(call, { timeout: 400 });
    expect(errors[0]?.json).toEqual({
      error: expect.stringMatching(
        /^The attribute was not as awaited in time, after \d reads in \d+ ms\. If it may take longer, raise "Timeout \(ms\)"\.$/,
      ),
      details: expect.objectContaining({ code: 'deadline' }),
    });
  });

  it.each<[string, (call: Call) => void]>([
    [
      'conversation has ended',
      (call) => {
        call.end();
      },
    ],
    [
      'participant has left',
      (call) => {
        call.customer.leave();
      },
    ],
  ])('ends when the %s', async (what, end) => {
    const call = simulator.current.addCall();
    later(300, () => {
      end(call);
    });
    const { errors } = await wait(call);
    expect(errors[0]?.json).toEqual({
      error: expect.stringContaining(`The ${what}, and the attribute was not as awaited`),
      details: expect.objectContaining({ code: 'ended', attempts: reads().length }),
    });
  });

  it('goes on after a 429 and a lost connection', async () => {
    const call = simulator.current.addCall();
    simulator.current.fault({ on: 'read', kind: 'dropBefore', times: 1 });
    simulator.current.fault({ on: 'read', kind: 'reply', status: 429, retryAfter: '1' });
    later(100, () => {
      call.customer.write({ result: 'sold' });
    });
    const { items } = await wait(call);
    expect(items[0]?.json).toMatchObject({ value: 'sold', reads: 1 });
    const [, throttled, last] = reads();
    expect(throttled?.status).toBe(429);
    expect((last?.at ?? 0) - (throttled?.at ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('ends at once where it is asked to wait longer than it has time', async () => {
    const call = simulator.current.addCall();
    simulator.current.fault({ on: 'read', kind: 'reply', status: 429, retryAfter: '30' });
    const { errors } = await wait(call, { timeout: 2000 });
    expect(errors[0]?.json).toMatchObject({ details: { code: 'throttled', status: 429 } });
    expect(reads()).toHaveLength(1);
  });

  it('is cancelled at once, and asks nothing any more', async () => {
    const call = simulator.current.addCall();
    const execution = start(simulator.current, { parameters: parametersFor(call) });
    await sleep(700);
    const before = reads().length;
    expect(before).toBeGreaterThan(0);
    execution.cancel();
    await execution.done.catch(() => undefined);
    await sleep(1500);
    expect(reads()).toHaveLength(before);
  });

  it('says who is there where nobody is whom it waits on', async () => {
    const call = simulator.current.addCall();
    const { errors } = await wait(call, {
      participant: byPurpose('supervisor'),
      retry: { patience: 50 },
    });
    expect(errors[0]?.json).toMatchObject({ details: { code: 'notFound' } });
    expect(reads()).toHaveLength(2);
  });
});
