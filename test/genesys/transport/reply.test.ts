import { describe, expect, it } from '@jest/globals';
import * as z from 'zod/v4';

import type { HttpReply } from '../../../genesys/transport/http';
import { parseReply } from '../../../genesys/transport/reply';
import { genesysErrorThrownBy } from './errors';

const WHO = 'api.test';
const schema = z.looseObject({ version: z.int(), inner: z.looseObject({ name: z.string() }) });

function reply(status: number, body: unknown, headers: Record<string, string> = {}): HttpReply {
  return {
    status,
    header: (name) => headers[name],
    text: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

const parse = (answer: HttpReply, signIn = false) =>
  parseReply(answer, schema, { who: WHO, signIn });
const errorOf = (answer: HttpReply, signIn = false) =>
  genesysErrorThrownBy(() => parse(answer, signIn));

describe('a successful reply', () => {
  it.each([200, 201, 202, 299])('with status %i yields its body', (status) => {
    expect(parse(reply(status, { version: 3, inner: { name: 'n' } }))).toEqual({
      version: 3,
      inner: { name: 'n' },
    });
  });

  it('keeps fields that nobody here knows', () => {
    const body = { version: 3, inner: { name: 'n', later: [1] }, more: { deep: true } };
    expect(parse(reply(200, body))).toEqual(body);
  });

  it.each([
    ['', 'it is empty.', 'reply'],
    [' \r\n', 'it is empty.', 'reply'],
    ['<html><body>Sign in to the hotel Wi-Fi</body></html>', 'it is no JSON.', 'reply'],
    ['{"version":3,"inner":{"na', 'it is no JSON.', 'reply'],
    ['{"version":"3","inner":{"name":"n"}}', '"version": ', 'shape'],
    ['{"version":3,"inner":{"name":null}}', '"inner.name": ', 'shape'],
    ['{"inner":{"name":"n"}}', '"version": ', 'shape'],
    ['[]', 'expected object', 'shape'],
    ['null', 'expected object', 'shape'],
    ['"text"', 'expected object', 'shape'],
  ])('with the body %j is of no use, and the message says why', (body, why, kind) => {
    const error = errorOf(reply(200, body, { 'inin-correlation-id': 'corr-1' }));
    expect(error.message).toContain(`${WHO} answered 200 with a body that could not be read: `);
    expect(error.message).toContain(why);
    expect(error.details).toEqual({
      kind,
      sent: true,
      signIn: false,
      status: 200,
      correlationId: 'corr-1',
    });
  });

  it('of the sign-in that is of no use has not sent the request that it was for', () => {
    expect(errorOf(reply(200, ''), true).details).toMatchObject({
      kind: 'reply',
      sent: false,
      signIn: true,
    });
  });

  it('that cannot be read does not show its content', () => {
    expect(errorOf(reply(200, '{"version":"private","inner":1}')).message).not.toContain('private');
    expect(errorOf(reply(200, '<html>private</html>')).message).not.toContain('private');
  });
});

describe('an error reply', () => {
  it('with the error body of the platform tells all it holds', () => {
    const body = {
      message: 'The participant is at version 7',
      code: 'version.conflict',
      status: 409,
      contextId: 'ctx-1',
      details: [],
      errors: [],
    };
    const error = errorOf(reply(409, body, { 'inin-correlation-id': 'corr-1' }));
    expect(error.message).toBe(`${WHO} answered 409: The participant is at version 7`);
    expect(error.details).toEqual({
      serverMessage: 'The participant is at version 7',
      kind: 'status',
      sent: true,
      signIn: false,
      status: 409,
      code: 'version.conflict',
      contextId: 'ctx-1',
      correlationId: 'corr-1',
    });
  });

  it.each(['genesys-correlation-id', 'inin-correlation-id'])('names its %s', (name) => {
    expect(errorOf(reply(500, '', { [name]: 'corr-2' })).details.correlationId).toBe('corr-2');
  });

  it('with both correlation ids names the newer header', () => {
    const headers = { 'inin-correlation-id': 'old', 'genesys-correlation-id': 'new' };
    expect(errorOf(reply(500, '', headers)).details.correlationId).toBe('new');
  });

  it('of the sign-in (OAuth) tells its code and description', () => {
    const body = { error: 'invalid_client', error_description: 'Unknown client id' };
    const error = errorOf(reply(401, body), true);
    expect(error.message).toBe(`${WHO} answered 401: Unknown client id`);
    expect(error.details).toEqual({
      serverMessage: 'Unknown client id',
      kind: 'status',
      sent: false,
      signIn: true,
      status: 401,
      code: 'invalid_client',
    });
  });

  it('of the sign-in may call it "description"', () => {
    const error = errorOf(reply(400, { error: 'invalid_request', description: 'No grant' }), true);
    expect(error.message).toBe(`${WHO} answered 400: No grant`);
  });

  it.each([
    ['', 'nothing'],
    ['<html><h1>503 Service Unavailable</h1></html>', 'HTML'],
    ['{"message":"cut off', 'truncated JSON'],
    ['[]', 'an array'],
    ['null', 'null'],
    ['"text"', 'a string'],
    ['{}', 'an empty object'],
    ['{"message":null,"code":null,"contextId":null}', 'nulls'],
    ['{"message":1,"code":{},"contextId":[],"error":false}', 'wrong types'],
  ])('whose body is %j (%s) is told by its status alone', (body) => {
    const error = errorOf(reply(503, body));
    expect(error.message).toBe(`${WHO} answered 503`);
    expect(error.details).toEqual({ kind: 'status', sent: true, signIn: false, status: 503 });
  });

  it('with one field of a wrong type still tells the others', () => {
    const error = errorOf(reply(400, { message: 'Bad thing', code: 17, contextId: 'ctx-2' }));
    expect(error.message).toBe(`${WHO} answered 400: Bad thing`);
    expect(error.details).toMatchObject({ contextId: 'ctx-2' });
    expect(error.details).not.toHaveProperty('code');
  });

  it.each([301, 302, 304, 307, 308])('is any status outside 2xx, such as %i', (status) => {
    const ready = { version: 3, inner: { name: 'n' } };
    expect(errorOf(reply(status, ready)).details).toMatchObject({ kind: 'status', status });
  });

  it('tells how long to wait, by the clock of the server', () => {
    const date = 'Thu, 01 Jan 1998 00:00:00 GMT';
    const later = 'Thu, 01 Jan 1998 00:00:05 GMT';
    expect(errorOf(reply(503, '', { 'retry-after': '7' })).details.retryAfterMs).toBe(7000);
    expect(errorOf(reply(429, '', { 'retry-after': later, date })).details.retryAfterMs).toBe(5000);
    expect(errorOf(reply(429, '', { 'retry-after': '0' })).details.retryAfterMs).toBe(0);
  });

  it('429 that does not say how long asks for a second; no other status asks for any wait', () => {
    expect(errorOf(reply(429, '')).details.retryAfterMs).toBe(1000);
    expect(errorOf(reply(429, '', { 'retry-after': '-3' })).details.retryAfterMs).toBe(1000);
    expect(errorOf(reply(503, '', { 'retry-after': 'later' })).details).not.toHaveProperty(
      'retryAfterMs',
    );
  });
});
