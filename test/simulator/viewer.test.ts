import { describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { RequestJournal } from '../../simulator/journal';
import { News } from '../../simulator/news';
import { RequestTeller } from '../../simulator/window/request-message';
import { Viewer } from '../../simulator/window/viewer';

/** A browser that reads only what the test reads, and all that it may look at. */
function stage() {
  const news = new News();
  const journal = new RequestJournal(news);
  const requests = new RequestTeller();
  const response = Object.assign(new PassThrough({ highWaterMark: 1000 }), {
    writeHead: () => undefined,
  });
  let looks = 0;
  new Viewer(response as unknown as ServerResponse, {
    news,
    journal,
    overview: () => {
      looks += 1;
      return {
        flavour: 'versioned',
        calls: [],
        olderCalls: 0,
        otherWritesPerSecond: 0,
        visibleAfterMs: { from: 0, to: 0 },
        faults: [],
      };
    },
    calls: () => [],
    requestMessage: (entry) => requests.messageFor(entry),
  });
  const arrive = () => {
    const path = `/api/v2/${'x'.repeat(150)}`;
    const entry = { at: performance.now(), kind: 'read', method: 'GET', path, query: '' } as const;
    const arrived = { ...entry, authorization: undefined, body: undefined, repeated: false };
    journal.close(journal.record(arrived, undefined));
  };
  return { news, response, arrive, looks: () => looks };
}

describe('a browser that looks on', () => {
  it('is told nothing more while it does not read, and then of what there is by then', async () => {
    const { response, arrive, looks } = stage();
    for (let round = 0; round < 20; round += 1) {
      for (let count = 0; count < 50; count += 1) arrive();
      await sleep(20);
    }
    const held = response.readableLength + response.writableLength;
    // Of a thousand requests, what was told before the stream was full: messages of 100 at most.
    expect(held).toBeLessThan(300 * 350);
    const looked = looks();
    for (let count = 0; count < 50; count += 1) arrive();
    await sleep(200);
    expect(looks()).toBe(looked);

    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    while (!text.includes('"number":1050,')) await sleep(10);
    const lost = [...text.matchAll(/"leftOut":(\d+)/g)].map(([, count]) => Number(count));
    const told = text.match(/"number":/g)?.length ?? 0;
    expect(lost.reduce((sum, count) => sum + count, 0) + told).toBe(1050);
    expect(told).toBeLessThanOrEqual(400);
    response.destroy();
  });

  it('is forgotten when it leaves, also while it does not read', async () => {
    const { response, arrive, looks } = stage();
    for (let count = 0; count < 100; count += 1) arrive();
    await sleep(150);
    response.destroy();
    await sleep(10);
    const looked = looks();
    arrive();
    await sleep(150);
    expect(looks()).toBe(looked);
  });
});
