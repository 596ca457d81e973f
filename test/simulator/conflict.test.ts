import { afterEach, describe, expect, it } from '@jest/globals';
import type { Simulator, SimulatorOptions } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf } from './client';
import { documentedError } from './documented-shape';

describe('a conflict', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  async function start(options: SimulatorOptions = {}) {
    simulator = await startSimulator(options);
    const call = simulator.addCall({ attributes: { lang: 'en' } });
    const client = await Client.of(simulator);
    const { participant, attributes } = pathsOf(call, call.customer);
    async function refusal(send: Promise<{ json: unknown; status: number }>) {
      const { json, status } = await send;
      const { code, message } = documentedError.parse(json);
      return [status, code, code.includes('version') || message.includes('version')];
    }
    const put = (version: number) =>
      client.put(participant, { version, attributes: { lang: 'de' } });
    const patch = () => client.patch(attributes, { attributes: { lang: 'de' } });
    return { call, refusal, put, patch };
  }

  const styles = [
    [409, true, 'version.conflict'],
    [409, false, 'request.conflict'],
    [412, true, 'version.conflict'],
    [412, false, 'precondition.failed'],
  ] as const;

  it.each(styles)(
    'is told by %i as the settings have it, naming the version: %s',
    async (conflictStatus, conflictNamesVersion, code) => {
      const { call, refusal, put } = await start({ conflictStatus, conflictNamesVersion });
      const expected = [conflictStatus, code, conflictNamesVersion];
      expect(await refusal(put(0))).toEqual(expected);
      simulator.fault({ on: 'write', kind: 'conflict' });
      expect(await refusal(put(1))).toEqual(expected);
      expect(call.customer.attributes).toEqual({ lang: 'en' });
      expect((await put(2)).status).toBe(200);
    },
  );

  it.each(styles)(
    'is told once by %i as the fault has it, naming the version: %s',
    async (status, namesVersion, code) => {
      const { refusal, put } = await start();
      simulator.fault({ on: 'write', kind: 'conflict', status, namesVersion });
      expect(await refusal(put(1))).toEqual([status, code, namesVersion]);
      expect(await refusal(put(1))).toEqual([409, 'version.conflict', true]);
    },
  );

  it.each([true, false])('may be none, naming the version: %s', async (namesVersion) => {
    const { call, refusal, put } = await start();
    simulator.fault({ on: 'write', kind: 'conflict', spurious: true, namesVersion });
    const code = namesVersion ? 'version.conflict' : 'request.conflict';
    expect(await refusal(put(1))).toEqual([409, code, namesVersion]);
    expect(call.customer.commits).toEqual([]);
    expect((await put(1)).status).toBe(200);
  });

  it('that is none speaks of a version that no read shows', async () => {
    const { put } = await start();
    simulator.fault({ on: 'write', kind: 'conflict', spurious: true });
    expect((await put(1)).json['message']).toMatch(/at version 2,.* version 1$/);
  });

  it('of a PATCH names no version, whatever it is to say', async () => {
    const { call, refusal, patch } = await start({ flavour: 'public' });
    simulator.fault({ on: 'write', kind: 'conflict', spurious: true, namesVersion: true });
    expect(await refusal(patch())).toEqual([409, 'request.conflict', false]);
    simulator.fault({ on: 'write', kind: 'conflict', status: 412 });
    expect(await refusal(patch())).toEqual([412, 'precondition.failed', false]);
    expect(call.customer.commits.map(({ by }) => by)).toEqual(['state']);
    expect((await patch()).status).toBe(202);
  });

  it('is neither 400 nor anything else', async () => {
    await expect(startSimulator({ conflictStatus: 400 as 409 })).rejects.toThrow('conflictStatus');
    simulator = await startSimulator();
    const client = await Client.of(simulator);
    const order = { on: 'write', kind: 'conflict', status: 400 };
    const { status, json } = await client.send('POST', '/_simulator/faults', order);
    expect(status).toBe(400);
    expect(json['message']).toMatch(/409\|412[^]*status/);
  });
});
