import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Line, openLine } from '../../bench/real-http/line';
import { listen } from '../genesys/transport/servers';

const ONE_WAY_MS = 150;
/** Timers may go off a little early by the clock. */
const EARLY_MS = 2;

const lines: Line[] = [];
afterEach(async () => {
  await Promise.all(lines.splice(0).map((line) => line.close()));
});

interface Arrival {
  readonly at: number;
  readonly text: string;
}

/** A client and an echo at the two ends of a line. */
async function converse(delaysHandshake: boolean) {
  const atServer: Arrival[] = [];
  const ends: number[] = [];
  const far = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (data) => {
      atServer.push({ at: performance.now(), text: String(data) });
      socket.write(data);
    });
    socket.once('end', () => {
      ends.push(performance.now());
      socket.end();
    });
  });
  const line = await openLine({ to: await listen(far), oneWayMs: ONE_WAY_MS, delaysHandshake });
  lines.push(line);
  const client = connect(line.port, '127.0.0.1');
  await once(client, 'connect');
  return { client, atServer, ends };
}

async function received(socket: Socket, length: number): Promise<string> {
  let text = '';
  while (text.length < length) text += String((await once(socket, 'data'))[0]);
  return text;
}

describe('A line', () => {
  it('takes its time in both directions', async () => {
    const { client, atServer } = await converse(false);
    const sentAt = performance.now();
    client.write('hello');
    expect(await received(client, 5)).toBe('hello');
    const roundTripMs = performance.now() - sentAt;
    const thereMs = (atServer[0]?.at ?? 0) - sentAt;
    expect(thereMs).toBeGreaterThanOrEqual(ONE_WAY_MS - EARLY_MS);
    expect(roundTripMs - thereMs).toBeGreaterThanOrEqual(ONE_WAY_MS - EARLY_MS);
  });

  it('carries many things at the same time, in order', async () => {
    const { client, atServer } = await converse(false);
    const sentAt = performance.now();
    const words = ['one,', 'two,', 'three,', 'four,', 'five.'];
    for (const word of words) {
      client.write(word);
      await sleep(5);
    }
    expect(await received(client, words.join('').length)).toBe(words.join(''));
    // One by one they would need five round trips.
    expect(performance.now() - sentAt).toBeLessThan(2 * 2 * ONE_WAY_MS);
    expect(atServer.map(({ text }) => text).join('')).toBe(words.join(''));
  });

  it('holds the first bytes back by a round trip where it delays the handshake, and only them', async () => {
    const { client } = await converse(true);
    const openedAt = performance.now();
    client.write('first');
    await received(client, 5);
    const firstMs = performance.now() - openedAt;
    expect(firstMs).toBeGreaterThanOrEqual(4 * ONE_WAY_MS - 3 * EARLY_MS);

    const againAt = performance.now();
    client.write('again');
    await received(client, 5);
    expect(performance.now() - againAt).toBeLessThan(firstMs - ONE_WAY_MS);
  });

  it('hands on the end of a connection, as late as all else', async () => {
    const { client, ends } = await converse(false);
    const endedAt = performance.now();
    client.end();
    client.resume();
    await once(client, 'close');
    expect((ends[0] ?? 0) - endedAt).toBeGreaterThanOrEqual(ONE_WAY_MS - EARLY_MS);
  });
});
