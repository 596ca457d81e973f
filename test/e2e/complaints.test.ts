import { describe, expect, it } from '@jest/globals';

import { complaintsIn } from '../../e2e/application/complaints';

const line = (level: string, message: string, metadata: object = {}) =>
  JSON.stringify({ level, message, timestamp: '2026-11-25T03:00:00.000Z', ...metadata });

describe('Complaints in n8n’s log', () => {
  it.each([
    ['a warning that names the package', line('warn', 'n8n-nodes-genesys-cloud is not loaded')],
    [
      'an error with a file of the package in its stack',
      line('error', 'x', { stack: 'GenesysCloud.node.js:1' }),
    ],
    ['a crash', '    at execute (/home/n8n/n8n-nodes-genesys-cloud/dist/nodes/client.js:1:2)'],
    [
      'a warning of Node.js',
      '(node:1) MaxListenersExceededWarning: Possible EventTarget memory leak',
    ],
  ])('are %s', (_, text) => {
    expect(complaintsIn(`${line('info', 'ready')}\n${text}\n`)).toEqual([text]);
  });

  it.each([
    ['what is no complaint', line('debug', 'Loaded n8n-nodes-genesys-cloud')],
    ['a warning about something else', line('warn', 'Python is missing')],
    ['a webhook that is not there', line('error', 'POST genesys-facts is not registered')],
    ['what n8n prints for people', 'Press "o" to open in Browser.'],
  ])('are not %s', (_, text) => {
    expect(complaintsIn(text)).toEqual([]);
  });
});
