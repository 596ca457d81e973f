import { describe, expect, it } from '@jest/globals';

import type { ConversationParticipant } from '../../../genesys/conversations/conversation';
import { simpleConversation, simpleParticipant } from '../../../genesys/conversations/simplified';

const ID = '22222222-2222-4222-8222-222222222222';
const customer: ConversationParticipant = {
  id: 'c',
  purpose: 'customer',
  name: 'Caller',
  connectedTime: '2026-11-26T10:00:00.000Z',
  externalContactId: 'contact',
  attributes: { priority: 'high', lang: { value: 'de' } },
  calls: [{ id: 'k', state: 'connected' }],
};

describe('A participant, simplified', () => {
  it('has what is worth knowing, and null where nothing is told', () => {
    expect(simpleParticipant(ID, customer)).toEqual({
      conversationId: ID,
      participantId: 'c',
      purpose: 'customer',
      name: 'Caller',
      userId: null,
      queueId: null,
      externalContactId: 'contact',
      connected: true,
      connectedTime: '2026-11-26T10:00:00.000Z',
      endTime: null,
      mediaTypes: ['call'],
      attributes: { priority: 'high', lang: 'de' },
      version: null,
    });
  });

  it('shows the version where there is one', () => {
    expect(simpleParticipant(ID, { ...customer, version: 7 }).version).toBe(7);
    expect(simpleParticipant(ID, { ...customer, version: '7' }).version).toBeNull();
  });

  it('names each kind of communication once, in the singular', () => {
    const busy = { ...customer, messages: [{ state: 'connected' }, {}], chats: [], emails: null };
    expect(simpleParticipant(ID, busy).mediaTypes).toEqual(['call', 'message']);
  });

  it.each([
    ['rings', { calls: [{ state: 'alerting' }] }],
    ['has left', { endTime: '2026-11-26T10:05:00.000Z' }],
    ['has hung up', { calls: [{ state: 'terminated' }] }],
  ])('is not connected while it %s', (_, more) => {
    expect(simpleParticipant(ID, { ...customer, ...more }).connected).toBe(false);
  });

  it('is said to be connected only by what tells of it', () => {
    expect(simpleParticipant(ID, { id: 'c', attributes: {} }).connected).toBeNull();
  });

  it('hands odd names and values of other systems through', () => {
    const attributes = JSON.parse('{"__proto__":"x","count":3,"none":null,"o":{"a":1}}') as object;
    const shown = simpleParticipant(ID, { ...customer, attributes }).attributes;
    expect(Object.entries(shown)).toEqual([
      ['__proto__', 'x'],
      ['count', 3],
      ['none', null],
      ['o', { a: 1 }],
    ]);
  });

  it.each([undefined, null, 'text', ['a']])('has no attributes where they come as %j', (odd) => {
    expect(simpleParticipant(ID, { ...customer, attributes: odd }).attributes).toEqual({});
  });
});

describe('A conversation, simplified', () => {
  const flow = {
    id: 'f',
    purpose: 'ivr',
    connectedTime: '2026-11-26T10:00:01.000Z',
    endTime: '2026-11-26T10:00:09.000Z',
    attributes: { priority: 'low', menu: '3' },
  };
  const ringing = {
    id: 'a',
    purpose: 'agent',
    userId: 'u',
    startTime: '2026-11-26T10:01:00.000Z',
    attributes: { menu: '4' },
    calls: [{ state: 'alerting' }],
  };

  it('has the participants, and what is worth knowing of it', () => {
    const shown = simpleConversation(ID, {
      startTime: '2026-11-26T10:00:00.000Z',
      externalTag: 'tag',
      recordingState: 'ACTIVE',
      securePause: false,
      divisions: [{ division: { id: 'd' } }, { division: { id: 'd' } }, { entities: [] }, null],
      participants: [customer, { ...ringing, emails: [{ state: 'connected' }] }],
    });
    expect(shown).toMatchObject({
      conversationId: ID,
      startTime: '2026-11-26T10:00:00.000Z',
      endTime: null,
      connected: true,
      mediaTypes: ['call', 'email'],
      divisionIds: ['d'],
      externalTag: 'tag',
      recordingState: 'ACTIVE',
      securePause: false,
    });
    expect(shown.participants.map(({ participantId }) => participantId)).toEqual(['c', 'a']);
  });

  it('is over with its end, or when nobody is connected any more', () => {
    const at = '2026-11-26T10:09:00.000Z';
    expect(simpleConversation(ID, { endTime: at, participants: [customer] })).toMatchObject({
      endTime: at,
      connected: false,
    });
    expect(simpleConversation(ID, { participants: [flow] }).connected).toBe(false);
  });

  it('shows the value of whoever connected last, and who holds which', () => {
    const { attributes, holders } = simpleConversation(ID, {
      participants: [flow, customer, ringing],
    });
    // Who rings has not connected yet, however late it has come.
    expect(attributes).toEqual({ priority: 'low', menu: '3', lang: 'de' });
    expect(holders).toEqual({
      priority: [
        { participantId: 'f', purpose: 'ivr', value: 'low' },
        { participantId: 'c', purpose: 'customer', value: 'high' },
      ],
      menu: [
        { participantId: 'f', purpose: 'ivr', value: '3' },
        { participantId: 'a', purpose: 'agent', value: '4' },
      ],
      lang: [{ participantId: 'c', purpose: 'customer', value: 'de' }],
    });
  });

  it('goes by the start where nobody tells when it connected, and by the order where even that is missing', () => {
    const by = (id: string, startTime?: string) => ({
      id,
      attributes: { name: id },
      ...(startTime && { startTime }),
    });
    const early = by('early', '2026-11-26T10:00:00.000Z');
    const late = by('late', '2026-11-26T10:01:00.000Z');
    const shown = (...participants: ConversationParticipant[]) =>
      simpleConversation(ID, { participants }).attributes['name'];
    expect(shown(late, early)).toBe('late');
    expect(shown(by('one'), by('other'))).toBe('other');
  });
});
