import { describe, expect, it } from '@jest/globals';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { runListSearch } from '../../engine/run-list-search';
import { GenesysCloud } from '../../nodes/GenesysCloud/GenesysCloud.node';
import { simulatorForEachTest } from './set-up';

const simulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: 0 });

async function search(conversationId: string, filter?: string) {
  const { url, clientId, clientSecret } = simulator.current;
  return await runListSearch(new GenesysCloud(), 'searchParticipants', {
    credential: {
      type: new GenesysCloudApi(),
      data: { region: 'custom', loginUrl: url, apiUrl: url, clientId, clientSecret },
    },
    parameters: { conversationId },
    ...(filter !== undefined && { filter }),
  });
}

describe('The list of participants', () => {
  it('has everybody in the conversation with purpose, name and state, who left last', async () => {
    const call = simulator.current.addCall();
    const someone = call.addParticipant({ purpose: 'agent', name: 'Ada Lovelace' });
    const { results } = await search(call.conversationId);
    expect(results).toHaveLength(call.participants.length);
    expect(results).toContainEqual({ name: 'agent · Ada Lovelace · connected', value: someone.id });
    const states = results.map(({ name }) => name.split(' · ').at(-1));
    expect(states).toEqual(states.toSorted());
    expect(new Set(states)).toEqual(new Set(['connected', 'left']));
  });

  it('says who is only on the way, and has them after those who are connected', async () => {
    const call = simulator.current.addCall();
    const agent = (id: string, more: object) => ({ id, purpose: 'agent', ...more });
    simulator.current.fault({
      on: 'read',
      kind: 'reply',
      status: 200,
      body: JSON.stringify({
        participants: [
          agent('1', { endTime: '2026-03-01T12:00:00.000Z' }),
          agent('2', { calls: [{ state: 'alerting' }] }),
          agent('3', { calls: [{ state: 'connected', held: true }] }),
        ],
      }),
    });
    const { results } = await search(call.conversationId);
    expect(results).toEqual([
      { name: 'agent · connected', value: '3' },
      { name: 'agent · on the way', value: '2' },
      { name: 'agent · left', value: '1' },
    ]);
  });

  it('can be searched', async () => {
    const call = simulator.current.addCall();
    call.addParticipant({ purpose: 'agent', name: 'Ada Lovelace' });
    const { results } = await search(call.conversationId, 'LOVE');
    expect(results.map(({ name }) => name)).toEqual(['agent · Ada Lovelace · connected']);
  });

  it.each(['', ' '])(
    'says what to do first where there is no conversation yet: "%s"',
    async (id) => {
      await expect(search(id)).rejects.toThrow(/^Fill in "Conversation ID" first\./);
      expect(simulator.current.journal.entries).toEqual([]);
    },
  );

  it('says so where there is no such conversation', async () => {
    await expect(search('00000000-0000-4000-8000-000000000000')).rejects.toThrow(/404/);
  });
});
