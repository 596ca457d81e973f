import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Call, Resource } from '../../simulator';
import { readExample } from '../application/imports';
import { behindWebhook } from './behind-webhook';
import { NOTED_BY_AGENT, openStage, type Stage } from './stage';

describe('Each example, imported by n8n and executed', () => {
  let stage: Stage;
  let waiting: Call;
  let waitingForAMinute: Call;
  let campaign: Resource;
  beforeAll(async () => {
    stage = await openStage({ latencyMs: 10 });
    await stage.importExamples();
    // Runs by itself within a minute, while the others are tried.
    waiting = stage.simulator.addCall({ attributes: { lang: 'de' }, waitingForMs: 600_000 });
    waitingForAMinute = stage.simulator.addCall({ waitingForMs: 60_000 });
    await stage.publish('schedule-mark-long-waiting');
    campaign = stage.simulator.addResource('campaigns', { fields: { callerName: 'Support' } });
    await stage.publishNew(await dialling(campaign, 'power'));
  });
  afterAll(async () => {
    await stage.close();
  });

  const call = () => stage.simulator.addCall({ attributes: { lang: 'de' } });
  // Those that run by themselves write too, whenever they like.
  const writesTo = (conversationId: string) =>
    stage.simulator.journal.writes().filter(({ path }) => path.includes(conversationId));

  it('webhook-crm-lookup: what the CRM knows is on the customer, and the caller is told', async () => {
    await stage.publish('webhook-crm-lookup');
    const { conversationId, customer } = call();
    const reply = await stage.post('genesys-enrich-call', { conversationId, phone: '+49 30 1' });
    expect(reply).toMatchObject({
      status: 200,
      body: { outcome: 'written', changed: { crm_tier: { from: null, to: 'gold' } } },
    });
    expect(customer.attributes).toEqual({
      lang: 'de',
      crm_id: 'C-4711',
      crm_name: 'Ada Byron',
      crm_tier: 'gold',
      crm_open_cases: '2',
    });
  });

  it('webhook-crm-lookup: a call that is not there is answered with its code', async () => {
    const conversationId = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';
    const reply = await stage.post('genesys-enrich-call', { conversationId, phone: '+49 30 1' });
    expect(reply).toMatchObject({ status: 404, body: { code: 'notFound' } });
  });

  it('webhook-crm-lookup: a customer whom the CRM does not know is answered with the reason', async () => {
    const { conversationId, customer } = call();
    const reply = await stage.post('genesys-enrich-call', { conversationId, phone: 'unknown' });
    expect(reply).toMatchObject({
      status: 502,
      body: { code: 'crm', error: expect.stringContaining('404') },
    });
    expect(customer.attributes).toEqual({ lang: 'de' });
  });

  it('webhook-crm-lookup: where the CRM does not answer nothing is written', async () => {
    const { conversationId, customer } = call();
    const reply = await stage.post('genesys-enrich-call', { conversationId, phone: 'silent' });
    expect(reply).toMatchObject({ status: 502, body: { code: 'crm' } });
    expect(customer.attributes).toEqual({ lang: 'de' });
  });

  it.each([
    ['that will not do', 400, 'invalid', 'not-an-id'],
    ['about a call that is not there', 404, 'notFound', '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b'],
  ])('crm-trigger-policy-fail: a payload %s is answered with %i', async (_, status, code, id) => {
    await stage.publish('crm-trigger-policy-fail');
    const update = { call: { conversationId: id }, customer: { tier: 'gold', language: 'fr' } };
    expect(await stage.post('crm-customer-updated', update)).toMatchObject({
      status,
      body: { code },
    });
  });

  it('crm-trigger-policy-fail: takes over, and tells the CRM of somebody else who was faster', async () => {
    await stage.publish('crm-trigger-policy-fail');
    const { conversationId, customer } = call();
    const update = { call: { conversationId }, customer: { tier: 'gold', language: 'fr' } };
    expect(await stage.post('crm-customer-updated', update)).toMatchObject({
      status: 200,
      body: { outcome: 'written' },
    });
    expect(customer.attributes).toEqual({ lang: 'fr', crm_tier: 'gold' });

    // Another call, for here the last write is still known, and the policy compares with what is read.
    const other = call();
    stage.simulator.fault({ on: 'write', kind: 'foreignWrite', attributes: { lang: 'it' } });
    const later = {
      call: { conversationId: other.conversationId },
      customer: { tier: 'silver', language: 'en' },
    };
    expect(await stage.post('crm-customer-updated', later)).toMatchObject({
      status: 409,
      body: { code: 'refused', error: expect.stringContaining('lang') },
    });
    expect(other.customer.attributes).toEqual({ lang: 'it' });
  });

  it('many-automations-one-participant: several facts are one write', async () => {
    await stage.publish('many-automations-one-participant');
    const { conversationId, customer } = call();
    const facts = [
      { name: 'sentiment', value: 'angry' },
      { name: 'survey_due', value: true },
    ];
    const reply = await stage.post('genesys-facts', { conversationId, facts });
    const result = { outcome: 'written', details: { batchSize: 2, conflicts: 0 } };
    expect(reply).toMatchObject({ status: 200, body: { results: [result, result] } });
    expect(customer.attributes).toEqual({ lang: 'de', sentiment: 'angry', survey_due: 'true' });
    expect(writesTo(conversationId)).toHaveLength(1);
  });

  it('many-automations-one-participant: a call without facts is told so', async () => {
    await stage.publish('many-automations-one-participant');
    const { conversationId, customer } = call();
    for (const body of [{ conversationId }, { conversationId, facts: [] }]) {
      expect(await stage.post('genesys-facts', body)).toEqual({
        status: 400,
        body: { error: '"facts" must be a list with at least one { name, value }' },
      });
    }
    expect(customer.attributes).toEqual({ lang: 'de' });
  });

  it('count-calls-vip: the third call of a day makes the caller a VIP, and so does each later one', async () => {
    await stage.publish('count-calls-vip');
    const { conversationId, customer } = call();
    const count = async (more: object = {}) =>
      await stage.post('genesys-count-call', { conversationId, ...more });
    expect(await count({ callsBefore: 1 })).toMatchObject({ body: { calls: '2', vip: false } });
    expect(customer.attributes).toEqual({ lang: 'de', calls_today: '2' });
    const replies = await Promise.all([count(), count(), count()]);
    expect(replies.map(({ body }) => body)).toEqual(
      expect.arrayContaining([
        { calls: '3', vip: true },
        { calls: '4', vip: true },
        { calls: '5', vip: true },
      ]),
    );
    expect(customer.attributes).toEqual({ lang: 'de', calls_today: '5', tier: 'vip' });
    const next = call();
    const { body } = await stage.post('genesys-count-call', {
      conversationId: next.conversationId,
      callsBefore: 5,
    });
    expect(body).toEqual({ calls: '6', vip: true });
    expect(next.customer.attributes).toEqual({ lang: 'de', calls_today: '6', tier: 'vip' });
  });

  it('count-calls-vip: a call that is not there is answered with its code', async () => {
    const conversationId = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';
    expect(await stage.post('genesys-count-call', { conversationId })).toMatchObject({
      status: 404,
      body: { code: 'notFound' },
    });
  });

  it('log-steps-on-call: each step stands there once, in order', async () => {
    await stage.publish('log-steps-on-call');
    const { conversationId, customer } = call();
    for (const step of ['menu: billing', 'identified', 'identified', 'queue: Billing']) {
      await stage.post('genesys-log-step', { conversationId, step });
    }
    expect(customer.attributes).toEqual({
      lang: 'de',
      steps: 'menu: billing > identified > queue: Billing',
    });
    expect(await stage.post('genesys-log-step', { conversationId })).toMatchObject({
      status: 400,
      body: { code: 'invalid' },
    });
  });

  it('wait-for-script-result: the CRM is told what the script has set, once', async () => {
    await stage.publish('wait-for-script-result');
    const { conversationId, customer } = call();
    const waits = { conversationId, caseId: '4711' };
    expect(await stage.post('genesys-await-result', waits)).toMatchObject({ status: 200 });
    await sleep(1000);
    expect(stage.crm.resultsOf('4711')).toEqual([]);
    customer.write({ result: 'sold' });
    while (stage.crm.resultsOf('4711').length === 0) await sleep(100);
    await sleep(1000);
    expect(stage.crm.resultsOf('4711')).toEqual([{ conversationId, result: 'sold' }]);
  });

  it('wait-for-script-result: the CRM is told where a call ends without one', async () => {
    await stage.publish('wait-for-script-result');
    const live = call();
    const { conversationId } = live;
    await stage.post('genesys-await-result', { conversationId, caseId: '4712' });
    live.end();
    while (stage.crm.resultsOf('4712').length === 0) await sleep(100);
    expect(stage.crm.resultsOf('4712')).toEqual([
      { conversationId, result: null, reason: 'ended' },
    ]);
  });

  it('ai-agent-call-lookup: the agent is given all that is known of the call', async () => {
    await stage.publish('ai-agent-call-lookup');
    const { conversationId, customer } = call();
    const question = 'Which language does the customer speak?';
    const { status, body } = await stage.post('genesys-ask-about-call', {
      conversationId,
      question,
    });
    expect(status).toBe(200);
    const { answer } = body as { answer: string };
    for (const shown of [conversationId, customer.id, 'holders', 'lang', 'de']) {
      expect(answer).toContain(shown);
    }
    expect(writesTo(conversationId)).toEqual([]);
  });

  it('ai-agent-tool: the agent notes with the node as its tool', async () => {
    await stage.publish('ai-agent-tool');
    const { conversationId, customer } = call();
    const reply = await stage.post('genesys-transcript', {
      conversationId,
      transcript: 'This is the third time I call about my invoice!',
    });
    expect(reply).toMatchObject({
      status: 200,
      body: { noted: expect.stringMatching(/The tool answered: .*written/) },
    });
    expect(customer.attributes).toEqual(NOTED_BY_AGENT);
  });

  it('set-participant-attributes: another workflow hands over call and attributes', async () => {
    const { conversationId, customer } = call();
    await stage.publish('set-participant-attributes');
    await stage.publishNew(callingWorkflow('call-another-workflow', 'set-participant-attributes'));
    const attributes = { priority: 'high' };
    await stage.post('call-another-workflow', { conversationId, attributes });
    expect(customer.attributes).toEqual({ lang: 'de', priority: 'high' });
  });

  it("keep-case-number: a call's case number is kept with its type, and what others keep stays", async () => {
    const { conversationId, customRecords } = call();
    await stage.publish('keep-case-number');
    const open = async (body: object) =>
      await stage.post('genesys-case-number', { conversationId, ...body });
    expect(await open({ caseNumber: '00123', priority: 2 })).toEqual({
      status: 200,
      body: { outcome: 'written', caseNumber: '00123' },
    });
    const record = customRecords.get(conversationId);
    record?.write({ tier: 'gold' });
    expect(await open({ caseNumber: '00124', priority: 2 })).toMatchObject({ status: 200 });
    expect(record?.content?.values).toEqual({ caseNumber: '00124', priority: 2, tier: 'gold' });
    expect(await open({ caseNumber: '00125' })).toMatchObject({
      status: 400,
      body: { code: 'invalid', error: expect.stringContaining('/priority') },
    });
  });

  it('schedule-mark-long-waiting: marks who waits for long, by itself', async () => {
    const { commits } = waiting.customer;
    while (commits.length === 0) await sleep(500);
    expect(waiting.customer.attributes).toEqual({
      lang: 'de',
      long_wait: 'true',
      waiting_since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    // One run marks all that it marks in the same second.
    await sleep(1000);
    expect(waitingForAMinute.customer.attributes).toEqual({});
    expect(commits).toHaveLength(1);
  });

  it('schedule-mark-long-waiting: the next run reads what is marked, and does not write it', async () => {
    const { journal } = stage.simulator;
    const { conversationId, customer } = waiting;
    const reads = () => journal.reads().filter(({ path }) => path.includes(conversationId)).length;
    const before = reads();
    while (reads() === before) await sleep(500);
    await sleep(1000);
    expect(customer.commits).toHaveLength(1);
  });

  it('schedule-dialing-mode: a campaign is dialled as the time of day wants it, by itself', async () => {
    while (campaign.commits.length === 0) await sleep(500);
    expect(campaign.fields).toMatchObject({ dialingMode: 'power', callerName: 'Support' });
    const { journal } = stage.simulator;
    const reads = () => journal.reads().filter(({ path }) => path === campaign.path).length;
    const before = reads();
    while (reads() === before) await sleep(500);
    await sleep(1000);
    expect(campaign.commits).toHaveLength(1);
  });

  it('none of them made n8n complain about this package', async () => {
    expect(await stage.complaints()).toEqual([]);
  });
});

/** The example of a campaign, for this one: every minute, and with this mode at all times. */
async function dialling({ id }: Resource, mode: string): Promise<object> {
  const example = JSON.stringify(await readExample('schedule-dialing-mode'))
    .replace(/"minutesInterval":\d+/, '"minutesInterval":1')
    .replace(/"[0-9a-f-]{36}","type":"string"/, `"${id}","type":"string"`)
    .replace(/"=\{\{ \$now\.weekday[^"]*"/, `"${mode}"`)
    .replace('"id":null', '"id":"genesysSimulator"');
  return JSON.parse(example) as object;
}

function callingWorkflow(path: string, workflowId: string): object {
  return behindWebhook(path, {
    name: 'Execute Workflow',
    type: 'n8n-nodes-base.executeWorkflow',
    typeVersion: 1.2,
    parameters: {
      workflowId: { __rl: true, mode: 'id', value: workflowId },
      workflowInputs: {
        mappingMode: 'defineBelow',
        value: {
          conversationId: '={{ $json.body.conversationId }}',
          attributes: '={{ $json.body.attributes }}',
        },
        schema: [
          { id: 'conversationId', displayName: 'conversationId', type: 'string' },
          { id: 'attributes', displayName: 'attributes', type: 'object' },
        ],
      },
      options: {},
    },
  });
}
