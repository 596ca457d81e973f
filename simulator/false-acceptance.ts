import { z } from 'zod/v4';
import type { Address } from './address';
import type { Fault } from './faults';
import type { Reply } from './replies';
import { errorBody, json, page } from './replies';

/** What a proxy says with a status of success: a web page, an error, or a list of errors. */
export const falseBodySchema = z.enum(['page', 'error', 'errors']);

type FalseAcceptance = Extract<Fault, { kind: 'falseAcceptance' }>;

/** Nothing was applied, and the status is that of a write that was, unless ordered otherwise. */
export function falseAcceptance(
  { body, status: ordered }: FalseAcceptance,
  { operation }: Address,
): Reply {
  const status = ordered ?? (operation === 'putParticipant' ? 200 : 202);
  if (body === 'page') return page(status, '<!doctype html><title>One moment, please</title>');
  const error = errorBody(503, 'service.unavailable', 'The service is not available');
  return json(status, body === 'error' ? error : { errors: [error] });
}
