import { describe, expect, it } from '@jest/globals';

import { Lags, type Shown } from '../../../core/evidence/lags';
import { VirtualClock } from '../virtual-clock';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function setUp() {
  const clock = new VirtualClock();
  const lags = new Lags(clock);
  return {
    lags,
    client: lags.of('client'),
    until: (at: number) => clock.run(clock.sleep(at - clock.now())),
  };
}

/** A write that was looked for all the time, and shown after so many ms. */
const lag = (ms: number): Shown => ({ firstLookMs: 250, hiddenMs: ms - 1, byMs: ms });

describe('How long a write is waited for', () => {
  it.each<[string, Shown[], number]>([
    ['is ten seconds where nothing is known', [], 10_000],
    ['is ten seconds where writes are shown within five', [lag(5000)], 10_000],
    ['is twice as long as the longest lag', [lag(20_000)], 40_000],
    ['is so where shorter ones came before', [lag(6000), lag(12_000), lag(20_000)], 40_000],
    ['is so where shorter ones came after', [lag(20_000), lag(12_000), lag(3000)], 40_000],
    [
      'is not told by the time in which nobody looked',
      [{ firstLookMs: 250, hiddenMs: undefined, byMs: 20_000 }],
      10_000,
    ],
    [
      'counts two seconds, which may pass between two looks',
      [{ firstLookMs: 250, hiddenMs: 7000, byMs: 20_000 }],
      18_000,
    ],
    [
      'counts all the time until the first look, if need be',
      [{ firstLookMs: 7000, hiddenMs: undefined, byMs: 8000 }],
      14_000,
    ],
  ])('%s', (_, shown, boundMs) => {
    const { client } = setUp();
    for (const one of shown) client.note(one);
    expect(client.boundMs()).toBe(boundMs);
  });

  it('goes by the longest lag of the last hour', async () => {
    const { client, until } = setUp();
    client.note(lag(20_000));
    await until(30 * MINUTE_MS);
    client.note(lag(8000));
    await until(40 * MINUTE_MS);
    client.note(lag(12_000));
    await until(50 * MINUTE_MS);
    client.note(lag(1000));
    await until(HOUR_MS - 1);
    expect(client.boundMs()).toBe(40_000);
    await until(HOUR_MS);
    expect(client.boundMs()).toBe(24_000);
    await until(HOUR_MS + 40 * MINUTE_MS);
    expect(client.boundMs()).toBe(10_000);
  });

  it('is known for each client by itself', () => {
    const { client, lags } = setUp();
    client.note(lag(20_000));
    expect(lags.of('other').boundMs()).toBe(10_000);
    expect(lags.of('client').boundMs()).toBe(40_000);
  });
});

describe('When a write is looked for first', () => {
  const first = { firstLookMs: 250 };

  it.each<[string, Shown[], number]>([
    ['is 250 ms after it was accepted where nothing is known', [], 250],
    [
      'is earlier where a look then has shown it',
      [{ ...first, hiddenMs: undefined, byMs: 250 }],
      125,
    ],
    [
      'is earlier where an early read has not shown it, and that look has',
      [{ ...first, hiddenMs: 249, byMs: 250 }],
      125,
    ],
    ['is later where that look has not shown it', [{ ...first, hiddenMs: 249.5, byMs: 600 }], 600],
    [
      'is earlier where a look has shown it that was a quarter of a second late',
      [{ ...first, hiddenMs: undefined, byMs: 500 }],
      125,
    ],
    [
      'is as before where the look that has shown it was later still',
      [{ ...first, hiddenMs: undefined, byMs: 501 }],
      250,
    ],
    [
      'is learnt once from those that were looked for at the same time',
      [
        { ...first, hiddenMs: undefined, byMs: 250 },
        { ...first, hiddenMs: undefined, byMs: 260 },
      ],
      125,
    ],
  ])('%s', (_, shown, firstLookMs) => {
    const { client } = setUp();
    for (const one of shown) client.note(one);
    expect(client.firstLookMs()).toBe(firstLookMs);
  });

  it('is 250 ms again where the client was not heard of for an hour', async () => {
    const { client, until } = setUp();
    client.note({ ...first, hiddenMs: undefined, byMs: 250 });
    await until(HOUR_MS - 1);
    expect(client.firstLookMs()).toBe(125);
    await until(HOUR_MS);
    expect(client.firstLookMs()).toBe(250);
  });
});

describe('What is remembered of lags', () => {
  it('does not grow with lags of one length, nor with those for which nobody waits longer', () => {
    const { client, lags } = setUp();
    for (const ms of [20_000, 20_000, 5000, 4000]) client.note(lag(ms));
    const clients = Reflect.get(lags, 'clients') as ReadonlyMap<string, unknown>;
    expect(clients.get('client')).toMatchObject({ longest: [{ ms: 20_000 }] });
  });

  it('is nothing of a client that was not heard of for an hour, when another one is', async () => {
    const { lags, until } = setUp();
    lags.of('first').note(lag(20_000));
    lags.of('second').note(lag(20_000));
    await until(30 * MINUTE_MS);
    lags.of('first').note(lag(300));
    await until(HOUR_MS);
    lags.of('third').note(lag(300));
    const known = Reflect.get(lags, 'clients') as ReadonlyMap<string, unknown>;
    expect([...known.keys()]).toEqual(['first', 'third']);
  });
});
