import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEntry, Simulator, SimulatorOptions } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf } from './client';

describe('a write that a gateway sends twice', () => {
  let simulator: Simulator;
  const logged: JournalEntry[] = [];
  afterEach(() => simulator.close());

  async function start(options: SimulatorOptions = {}) {
    logged.length = 0;
    simulator = await startSimulator({ log: (entry) => logged.push(entry), ...options });
    const call = simulator.addCall({ attributes: { lang: 'en' } });
    const client = await Client.of(simulator);
    const { participant, attributes } = pathsOf(call, call.customer);
    return {
      call,
      put: () => client.put(participant, { version: 1, attributes: { lang: 'de' } }),
      patch: () => client.patch(attributes, { attributes: { lang: 'de' } }),
    };
  }

  /** Waits for the repeat, too. */
  async function writes(): Promise<unknown[]> {
    while (logged.filter(({ kind }) => kind === 'write').length < 2) await sleep(5);
    const entries = simulator.journal.writes();
    return entries.map(({ status, applied, repeated }) => [status, applied, repeated]);
  }

  it('is answered as the first was, and the repeat meets a conflict that nobody hears of', async () => {
    const { call, put } = await start();
    simulator.fault({ on: 'write', kind: 'repeat', ms: 20 });
    expect((await put()).json['version']).toBe(2);
    expect(await writes()).toEqual([
      [200, true, false],
      [undefined, false, true],
    ]);
    expect(simulator.journal.writes()[1]?.body).toEqual(simulator.journal.writes()[0]?.body);
    expect(call.customer.version).toBe(2);
  });

  it('is answered by the conflict of the second', async () => {
    const { call, put } = await start();
    simulator.fault({ on: 'write', kind: 'repeat', ms: 20, deliver: 'second' });
    expect((await put()).status).toBe(409);
    expect(await writes()).toEqual([
      [undefined, true, false],
      [409, false, true],
    ]);
    expect(call.customer.attributes).toEqual({ lang: 'de' });
  });

  it('comes after so many ms, and takes by PATCH what somebody else wrote meanwhile', async () => {
    const { call, patch } = await start({ flavour: 'public' });
    simulator.fault({ on: 'write', kind: 'repeat', ms: 200 });
    expect((await patch()).status).toBe(202);
    call.customer.write({ lang: 'fr' });
    expect(await writes()).toEqual([
      [202, true, false],
      [undefined, true, true],
    ]);
    const { commits } = call.customer;
    expect(commits.map((commit) => commit.attributes['lang'])).toEqual(['de', 'fr', 'de']);
    const [first, second] = simulator.journal.writes();
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(195);
  });

  it('lets the client wait for the second by PATCH', async () => {
    const { patch } = await start({ flavour: 'public' });
    const begun = performance.now();
    simulator.fault({ on: 'write', kind: 'repeat', ms: 100, deliver: 'second' });
    expect((await patch()).status).toBe(202);
    expect(performance.now() - begun).toBeGreaterThan(95);
  });

  it('does not keep the simulator from closing', async () => {
    const { call, put } = await start();
    simulator.fault({ on: 'write', kind: 'repeat', ms: 60_000 });
    expect((await put()).status).toBe(200);
    await simulator.close();
    expect(call.customer.version).toBe(2);
    expect(() => {
      simulator.fault({ on: 'read', kind: 'repeat', ms: 1 });
    }).toThrow(/never/);
  });
});
