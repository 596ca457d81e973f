import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Simulator } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf } from './client';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface ShownParticipant {
  id: string;
  purpose: string;
  startTime: string;
  endTime?: string;
  calls: { state: string; held: boolean }[];
}

describe('a live call', () => {
  let simulator: Simulator;
  let client: Client;
  let call: Call;

  beforeEach(async () => {
    simulator = await startSimulator();
    client = await Client.of(simulator);
    call = simulator.addCall();
  });
  afterEach(() => simulator.close());

  async function shown(): Promise<ShownParticipant[]> {
    const { json } = await client.get(pathsOf(call, call.customer).conversation);
    return json['participants'] as ShownParticipant[];
  }

  it('has customer and agent connected, and IVR and queue gone', async () => {
    expect(call.conversationId).toMatch(UUID);
    expect(call.connected).toBe(true);
    const states = (await shown()).map(({ purpose, calls, endTime }) => [
      purpose,
      calls[0]?.state,
      endTime === undefined,
    ]);
    expect(states).toEqual([
      ['customer', 'connected', true],
      ['ivr', 'terminated', false],
      ['acd', 'terminated', false],
      ['agent', 'connected', true],
    ]);
    expect(call.participants.every(({ id }) => UUID.test(id))).toBe(true);
  });

  it('moves the version of everybody connected with each change of state, and nothing else', async () => {
    const ivr = call.participants.find(({ purpose }) => purpose === 'ivr');
    call.customer.write({ lang: 'en' });
    call.changeState();
    expect((await shown())[0]?.calls[0]?.held).toBe(true);
    call.changeState();
    expect((await shown())[0]?.calls[0]?.held).toBe(false);
    expect([call.customer.version, call.agent.version, ivr?.version]).toEqual([4, 3, 1]);
    expect(call.customer.commits.map(({ by }) => by)).toEqual(['other', 'state', 'state']);
    expect(call.customer.attributes).toEqual({ lang: 'en' });
    expect(call.connected).toBe(true);
  });

  it('keeps changing until told to stop', async () => {
    const stop = call.keepChanging(5);
    await sleep(100);
    stop();
    const reached = call.customer.version;
    expect(reached).toBeGreaterThan(4);
    await sleep(50);
    expect(call.customer.version).toBe(reached);
    expect(call.connected).toBe(true);
  });

  it('lets participants join, each later than the ones before', async () => {
    const first = call.addParticipant({
      purpose: 'agent',
      name: 'Ann',
      attributes: { skill: 'a' },
    });
    const gone = call.addParticipant({ purpose: 'agent', connected: false });
    expect([first.connected, gone.connected]).toEqual([true, false]);
    expect(first.attributes).toEqual({ skill: 'a' });
    const starts = (await shown()).slice(-3).map(({ startTime }) => Date.parse(startTime));
    expect(starts[1]).toBeGreaterThan(starts[0] ?? Infinity);
    expect(starts[2]).toBeGreaterThan(starts[1] ?? Infinity);
  });

  it('goes on serving reads and writes after its end', async () => {
    const { participant } = pathsOf(call, call.customer);
    call.end();
    expect(call.connected).toBe(false);
    expect((await shown()).every(({ endTime }) => endTime !== undefined)).toBe(true);
    const { version } = (await client.get(participant)).json;
    expect(version).toBe(2);
    const { status } = await client.put(participant, { version, attributes: { late: 'yes' } });
    expect(status).toBe(200);
  });

  it('really loses a participant whose state is patched to disconnected', async () => {
    const { participant } = pathsOf(call, call.customer);
    expect((await client.patch(participant, { state: 'connected' })).status).toBe(400);
    expect(call.connected).toBe(true);
    expect((await client.patch(participant, { state: 'disconnected' })).status).toBe(202);
    expect(call.customer.connected).toBe(false);
    expect(call.connected).toBe(false);
    expect(simulator.journal.entries.at(-1)?.kind).toBe('other');
  });
});
