import { z } from 'zod/v4';
import type { Address } from './address';
import type { Reply } from './replies';
import { errorBody, json, page } from './replies';

/** What a proxy says with a status of success: a web page, an error, or a list of errors. */
export const falseBodySchema = z.enum(['page', 'error', 'errors']);

type FalseBody = z.infer<typeof falseBodySchema>;

/** Nothing was applied, and the status is that of a write that was. */
export function falseAcceptance(body: FalseBody, { operation }: Address): Reply {
  const status = operation === 'putParticipant' ? 200 : 202;
  if (body === 'page') return page(status, '<!doctype html><title>One moment, please</title>');
  const error = errorBody(503, 'service.unavailable', 'The service is not available');
  return json(status, body === 'error' ? error : { errors: [error] });
}
