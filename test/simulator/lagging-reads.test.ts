import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator, SimulatorOptions } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf } from './client';

/** Longer than any test: what is so far behind shows the beginning. */
const AGES_MS = 600_000;

/** About half of these lags are far below any test's time, and half are far above it. */
const WIDE_LAG = { median: 500, spread: 1e6 };

describe.each(['versioned', 'public'] as const)('a read of the %s flavour', (flavour) => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  async function start(options: SimulatorOptions = {}) {
    simulator = await startSimulator({ flavour, visibilityLagMs: 0, ...options });
    const call = simulator.addCall({ attributes: { n: '1' } });
    const client = await Client.of(simulator);
    const paths = pathsOf(call, call.customer);
    async function read() {
      if (flavour === 'versioned') return (await client.get(paths.participant)).json;
      const { json } = await client.get(paths.conversation);
      return (json['participants'] as Record<string, unknown>[])[0] ?? {};
    }
    async function shown(times: number) {
      const seen: unknown[] = [];
      while (seen.length < times) seen.push(((await read())['attributes'] as { n: string }).n);
      return seen.join('');
    }
    return { call, client, paths, read, shown };
  }

  it('shows the whole record as it was so many ms ago', async () => {
    const { call, client, paths, read } = await start({ visibilityLagMs: AGES_MS });
    const before = await read();
    if (flavour === 'versioned') {
      const body = { version: 1, attributes: { n: '2' }, externalContactId: 'contact' };
      expect((await client.put(paths.participant, body)).json).toMatchObject({
        version: 2,
        attributes: { n: '2' },
        externalContactId: 'contact',
      });
    }
    call.customer.write({ n: '3' });
    call.changeState();
    call.end();
    expect(await read()).toEqual(before);
    simulator.changeSettings({ visibilityLagMs: 0 });
    expect(await read()).toMatchObject({
      attributes: { n: '3' },
      endTime: expect.any(String),
      ...(flavour === 'versioned' && { version: 5, externalContactId: 'contact' }),
    });
  });

  it('shows the whole conversation as it was so many ms ago', async () => {
    const { call, client, paths } = await start({ visibilityLagMs: AGES_MS });
    const before = (await client.get(paths.conversation)).json;
    call.end();
    expect((await client.get(paths.conversation)).json).toEqual(before);
    simulator.changeSettings({ visibilityLagMs: 0 });
    const now = (await client.get(paths.conversation)).json;
    expect([before['endTime'], now['endTime']]).toEqual([undefined, expect.any(String)]);
  });

  it('shows each state in its turn', async () => {
    const { call, shown } = await start({ visibilityLagMs: 300 });
    call.customer.write({ n: '2' });
    expect(await shown(1)).toBe('1');
    await sleep(310);
    expect(await shown(1)).toBe('2');
  });

  it('draws a lag of its own each time, so that an older state may follow a newer one', async () => {
    const { call, shown } = await start({ visibilityLagMs: WIDE_LAG });
    call.customer.write({ n: '2' });
    await sleep(50);
    expect(await shown(40)).toMatch(/2+1+2/);
  });

  it('never goes back where reads are monotonic', async () => {
    const { call, shown } = await start({ visibilityLagMs: WIDE_LAG, monotonicReads: true });
    expect(await shown(1)).toBe('1');
    call.customer.write({ n: '2' });
    await sleep(50);
    expect(await shown(40)).toMatch(/^1*2+$/);
  });

  it('comes from the replicas in turn, each as far behind as it is', async () => {
    const { call, shown } = await start({ replicas: [0, AGES_MS, { from: 0, to: 0 }] });
    call.customer.write({ n: '2' });
    expect(await shown(7)).toBe('2122122');
  });

  it('comes from any replica, the same ones for the same seed', async () => {
    const replicas = [0, AGES_MS];
    const { call, shown } = await start({ replicas, replicaOrder: 'random', seed: 5 });
    call.customer.write({ n: '2' });
    const first = await shown(30);
    expect(new Set(first)).toEqual(new Set('12'));
    expect(first).not.toMatch(/^(12)+$|^(21)+$/);
    simulator.changeSettings({ seed: 6 });
    expect(await shown(30)).not.toBe(first);
    simulator.changeSettings({ seed: 5 });
    expect(await shown(30)).toBe(first);
  });

  it('is behind by the lag on top of that of the replica', async () => {
    const { call, shown } = await start({ visibilityLagMs: 300, replicas: [300] });
    call.customer.write({ n: '2' });
    await sleep(310);
    expect(await shown(1)).toBe('1');
    await sleep(310);
    expect(await shown(1)).toBe('2');
  });
});

describe('settings', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  it('are shown to and changed by other processes', async () => {
    simulator = await startSimulator({ replicas: [0, 20] });
    const client = await Client.of(simulator);
    const path = '/_simulator/settings';
    const change = { visibilityLagMs: { median: 100, spread: 2 } };
    const before = (await client.get(path)).json;
    expect(before).toEqual(simulator.settings);
    expect(before).toMatchObject({ visibilityLagMs: 0, replicas: [0, 20] });
    const { status, json } = await client.patch(path, change);
    expect([status, json]).toEqual([200, { ...before, ...change }]);
    expect(simulator.settings).toEqual(json);
  });

  it.each([
    [{ lag: 1 }, '"lag"'],
    [{ replicas: [] }, 'replicas'],
    [{ visibilityLagMs: { from: 2, to: 1 } }, 'visibilityLagMs'],
    ['nothing', 'object'],
  ])('are not %j, and then nothing changes', async (change, named) => {
    simulator = await startSimulator();
    const client = await Client.of(simulator);
    const before = simulator.settings;
    const { status, json } = await client.patch('/_simulator/settings', change);
    expect([status, json['code']]).toEqual([400, 'bad.request']);
    expect(json['message']).toContain(named);
    expect(() => {
      simulator.changeSettings(change as object);
    }).toThrow(named);
    expect(simulator.settings).toBe(before);
  });

  it('are checked at the start', async () => {
    simulator = await startSimulator();
    await expect(startSimulator({ visibilityLagMs: -1 })).rejects.toThrow('visibilityLagMs');
  });
});
