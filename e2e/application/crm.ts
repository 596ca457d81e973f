import { json } from 'node:stream/consumers';

import { listen, type StandIn } from './stand-in';

const CUSTOMER = { id: 'C-4711', name: 'Ada Byron', tier: 'gold', openCases: 2 };

/** A CRM, and what it was told. */
export interface Crm extends StandIn {
  /** Bodies of the results of a case, in order. */
  resultsOf(caseId: string): readonly unknown[];
}

/**
 * Starts a CRM that knows the customer behind every phone number but "unknown", is silent about
 * "silent", and takes in results of cases.
 */
export async function startCrm(port?: number): Promise<Crm> {
  const results = new Map<string, unknown[]>();
  const server = await listen((request, response) => {
    const { method, url = '' } = request;
    if (url === '/customers?phone=silent') return;
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const caseId = /^\/cases\/([^/]+)\/results$/.exec(url)?.[1];
    if (method === 'POST' && caseId !== undefined) {
      json(request).then(
        (body) => {
          results.set(caseId, [...(results.get(caseId) ?? []), body]);
          answer(201, {});
        },
        () => {
          answer(400, { message: 'Not JSON' });
        },
      );
      return;
    }
    const isKnown = /^\/customers\?phone=(?!unknown)/.test(url);
    if (isKnown) answer(200, CUSTOMER);
    else answer(404, { message: 'Not found' });
  }, port);
  return { ...server, resultsOf: (caseId) => results.get(caseId) ?? [] };
}
