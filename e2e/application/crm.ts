import { listen, type StandIn } from './stand-in';

const CUSTOMER = { id: 'C-4711', name: 'Ada Byron', tier: 'gold', openCases: 2 };

/** Starts a CRM that knows the customer behind every phone number but "unknown", and is silent about "silent". */
export async function startCrm(port?: number): Promise<StandIn> {
  return await listen((request, response) => {
    if (request.url === '/customers?phone=silent') return;
    const known = /^\/customers\?phone=(?!unknown)/.test(request.url ?? '');
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? CUSTOMER : { message: 'Not found' }));
  }, port);
}
