import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Call, Simulator } from '../../simulator';
import { byId, byPurpose, rows, run, simulatorForEachTest } from '../engine/set-up';

interface Setting {
  readonly onlyIfConnected: boolean;
  readonly isById: boolean;
  readonly purpose?: string;
}

/** Sets an attribute of one in the call, and gives the item and what is said above the output. */
async function setOn(
  simulator: Simulator,
  call: Call,
  { onlyIfConnected, isById, purpose = 'customer' }: Setting,
): Promise<{ json: IDataObject; hints: string[] }> {
  const id = call.participants.find((one) => one.purpose === purpose)?.id ?? '';
  const { items, run: workflowRun } = await run(simulator, {
    parameters: {
      conversationId: call.conversationId,
      participant: isById ? byId(id) : byPurpose(purpose),
      attributes: rows({ a: '1' }),
      options: { onlyIfConnected },
      retry: { strategy: 'fixed', baseDelay: 200 },
    },
    onError: 'continueRegularOutput',
  });
  return {
    json: items[0]?.json ?? {},
    hints: workflowRun.hints('Node').map(({ message }) => message),
  };
}

describe.each(['versioned', 'public'] as const)('On the %s API', (flavour) => {
  const simulator = simulatorForEachTest({ flavour });
  // The IVR has left as soon as the call waits in a queue.
  const left = { purpose: 'ivr' };

  it.each([false, true])('Only If Connected refuses who has left (by ID: %s)', async (isById) => {
    const setting = { ...left, onlyIfConnected: true, isById };
    const { json } = await setOn(simulator.current, simulator.current.addCall(), setting);
    expect(json).toMatchObject({
      error: expect.stringMatching(/participant has left/),
      details: { code: 'refused' },
    });
    expect(simulator.current.journal.writes()).toEqual([]);
  });

  it.each([false, true])('Only If Connected writes to who is there (by ID: %s)', async (isById) => {
    const setting = { onlyIfConnected: true, isById };
    const { json, hints } = await setOn(simulator.current, simulator.current.addCall(), setting);
    expect(json).toMatchObject({ outcome: 'written', connected: true });
    expect(hints).toEqual([]);
  });

  it.each([false, true])(
    'without it, a hint says that they have left (by ID: %s)',
    async (isById) => {
      const setting = { ...left, onlyIfConnected: false, isById };
      const { json, hints } = await setOn(simulator.current, simulator.current.addCall(), setting);
      expect(json).toMatchObject({ outcome: 'written', connected: false });
      expect(hints).toEqual([expect.stringMatching(/has left the call.*Only If Connected/)]);
    },
  );
});

describe('Only If Connected', () => {
  const simulator = simulatorForEachTest();
  const setting = { onlyIfConnected: true, isById: true };
  const endTime = '2026-03-01T12:00:00.000Z';
  const shows = (body: object) => {
    simulator.current.fault({
      on: 'read',
      kind: 'reply',
      status: 200,
      body: JSON.stringify(body),
    });
  };

  it('goes by what is so when a conflict is met', async () => {
    const call = simulator.current.addCall();
    simulator.current.fault({ on: 'write', kind: 'conflict' });
    const whenRefused = setInterval(() => {
      if (simulator.current.journal.writes()[0]?.status !== 409) return;
      clearInterval(whenRefused);
      shows({ id: call.customer.id, version: 2, attributes: {}, endTime });
    }, 1);
    const { json } = await setOn(simulator.current, call, setting);
    expect(json).toMatchObject({ details: { code: 'refused', conflicts: 1 } });
    expect(call.customer.attributes).toEqual({});
  });

  it('believes the conversation where the participant by itself does not tell of it', async () => {
    const call = simulator.current.addCall();
    const { id } = call.customer;
    shows({ participants: [{ id, purpose: 'customer', endTime }, { id: call.conversationId }] });
    shows({ id, version: 1, attributes: {}, purpose: 'customer' });
    const { json } = await setOn(simulator.current, call, setting);
    expect(json).toMatchObject({ details: { code: 'refused' } });
    expect(simulator.current.journal.writes()).toEqual([]);
  });
});
