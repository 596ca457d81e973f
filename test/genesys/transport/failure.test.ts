import { describe, expect, it } from '@jest/globals';

import { type Failure, StoreError } from '../../../core';
import { storeError } from '../../../genesys/transport/failure';
import { GenesysError, type GenesysErrorDetails } from '../../../genesys/transport/genesys-error';

type Details = Omit<GenesysErrorDetails, 'sent'> & { readonly sent?: boolean };

function failure(
  details: Details,
  during: 'read' | 'write',
  message = 'message',
): Failure<unknown> {
  const cause = new GenesysError(message, { sent: true, serverMessage: message, ...details });
  const error = storeError(cause, during);
  if (!(error instanceof StoreError)) throw new Error('no store error');
  expect(error.message).toBe(message);
  expect(error.cause).toBe(cause);
  return error.failure;
}

const status = (code: number, more: Partial<Details> = {}): Details => ({
  kind: 'status',
  status: code,
  ...more,
});

const permanent = { kind: 'permanent' };
const aboutContent = { kind: 'permanent', aboutContent: true };
const absent = { kind: 'permanent', isAbsent: true };
const transient = { kind: 'transient' };
const ambiguous = { kind: 'ambiguous' };
const namedConflict = { kind: 'conflict', namesVersion: true };
const unnamedConflict = { kind: 'conflict', namesVersion: false };

const CONFLICT_CODES = [
  'general.conflict',
  'version.conflict',
  'version.mismatch',
  'invalid.update.wrong.version',
  'conversation.error.secure.attribute.conflict',
  'conversation.custom.attributes.version.conflict',
  'some.resource.version.mismatch',
];

describe('on a write', () => {
  it('what our own words hold, such as a path, is not taken for the words of the server', () => {
    const details = status(400, { serverMessage: 'The body is malformed' });
    expect(failure(details, 'write', 'PUT /version conflict answered 400')).toEqual(aboutContent);
  });

  it('409 is a conflict', () => {
    expect(failure(status(409), 'write')).toEqual(unnamedConflict);
  });

  it('401 says that the token has expired, and nothing was applied; on a read it is permanent', () => {
    expect(failure(status(401), 'write')).toEqual({ kind: 'expired' });
    expect(failure(status(401), 'read')).toEqual(permanent);
  });

  it('412 is a conflict about the version, whatever it says', () => {
    expect(failure(status(412), 'write', 'The participant is locked')).toEqual(namedConflict);
  });

  it('409 with the code request.conflict is about the version only where its message says so', () => {
    const details = status(409, { code: 'request.conflict' });
    expect(failure(details, 'write', 'The participant is locked')).toEqual(unnamedConflict);
    expect(failure(details, 'write', 'The version is out of date')).toEqual(namedConflict);
  });

  it.each(CONFLICT_CODES)('the code %s is a conflict about the version', (code) => {
    for (const answer of [400, 409, 412]) {
      expect(failure(status(answer, { code }), 'write')).toEqual(namedConflict);
    }
  });

  it.each(['The version is 7', 'Stale VERSION'])(
    '409 is about the version when its message says so: %j',
    (message) => {
      expect(failure(status(409), 'write', message)).toEqual(namedConflict);
    },
  );

  it.each([
    'Version mismatch',
    'There was a version conflict',
    'The version given does not match the current version',
    'The entity does not match the latest version',
  ])('400 is a conflict when it says %j', (message) => {
    expect(failure(status(400, { code: 'bad.request' }), 'write', message)).toEqual(namedConflict);
  });

  it.each([
    ['bad.request', 'attributes: Required'],
    ['invalid.value', 'version: expected a number'],
    ['bad.request', 'Unsupported API version'],
    ['version.missing', 'Required'],
    ['my.version.conflict.not', 'Required'],
    ['versionXconflict', 'Required'],
    [undefined, ''],
  ])('400 with the code %j that says %j is permanent, for this content', (code, message) => {
    expect(failure(status(400, code === undefined ? {} : { code }), 'write', message)).toEqual(
      aboutContent,
    );
  });

  it.each([413, 422])(
    '%i is permanent, for this content; on a read it is about the request',
    (code) => {
      expect(failure(status(code), 'write')).toEqual(aboutContent);
      expect(failure(status(code), 'read')).toEqual(permanent);
    },
  );

  it.each([408, 499, 500, 502, 503, 504])('%i leaves open whether it was applied', (code) => {
    expect(failure(status(code), 'write')).toEqual(ambiguous);
  });

  it.each([507, 520, 524, 529, 598])(
    '%i, which no table knows, leaves open whether it was applied',
    (code) => {
      expect(failure(status(code), 'write')).toEqual(ambiguous);
    },
  );

  it.each(['connection', 'timeout', 'aborted', 'reply', 'shape'] as const)(
    'the failure "%s" leaves it open once the request may have been sent',
    (kind) => {
      expect(failure({ kind, sent: true }, 'write')).toEqual(ambiguous);
      expect(failure({ kind, sent: false }, 'write')).toEqual(transient);
    },
  );
});

describe('on a read', () => {
  it.each([400, 409, 412])('%i is permanent, whatever it says', (code) => {
    for (const name of CONFLICT_CODES) {
      expect(failure(status(code, { code: name }), 'read', 'Version mismatch')).toEqual(permanent);
    }
  });

  it.each([408, 499, 500, 502, 503, 504, 507, 520, 524, 529, 598])('%i passes', (code) => {
    expect(failure(status(code), 'read')).toEqual(transient);
  });

  it.each(['connection', 'timeout', 'aborted', 'reply'] as const)(
    'the failure "%s" passes, sent or not',
    (kind) => {
      expect(failure({ kind, sent: true }, 'read')).toEqual(transient);
      expect(failure({ kind, sent: false }, 'read')).toEqual(transient);
    },
  );

  it('JSON of the wrong shape is permanent: the same question will get the same answer', () => {
    expect(failure(status(200, { kind: 'shape' }), 'read')).toEqual(permanent);
    expect(failure({ kind: 'shape', retryAfterMs: 5 }, 'read')).toEqual(permanent);
  });
});

describe.each(['read', 'write'] as const)('on a %s', (during) => {
  it.each([301, 302, 304, 307, 403, 405, 410, 415, 418, 451, 501, 505])(
    '%i is permanent',
    (code) => {
      expect(failure(status(code), during)).toEqual(permanent);
      expect(failure(status(code, { retryAfterMs: 5 }), during)).toEqual(permanent);
    },
  );

  it.each([407, 421, 423, 425])('%i passes, and nothing was applied', (code) => {
    expect(failure(status(code), during)).toEqual(transient);
    const asked = status(code, { retryAfterMs: 5 });
    expect(failure(asked, during)).toEqual({ ...transient, retryAfterMs: 5 });
  });

  it('404 is permanent, and says that there is no such record', () => {
    expect(failure(status(404), during)).toEqual(absent);
    expect(failure(status(404, { retryAfterMs: 5 }), during)).toEqual(absent);
  });

  it('what was looked for and is not there is permanent', () => {
    expect(failure({ kind: 'notFound' }, during)).toEqual(absent);
  });

  it('429 and a closed gate ask to wait', () => {
    const throttled = { kind: 'throttled', retryAfterMs: 7000 };
    expect(failure(status(429, { retryAfterMs: 7000 }), during)).toEqual(throttled);
    expect(failure({ kind: 'throttled', sent: false, retryAfterMs: 7000 }, during)).toEqual(
      throttled,
    );
    expect(failure(status(429), during)).toEqual({ kind: 'throttled', retryAfterMs: 0 });
  });

  it('a Retry-After with 503 is handed on', () => {
    expect(failure(status(503, { retryAfterMs: 3000 }), during)).toMatchObject({
      retryAfterMs: 3000,
    });
  });

  it.each(['connection', 'timeout', 'aborted', 'reply'] as const)(
    'the sign-in that failed with "%s" passes: nothing was applied',
    (kind) => {
      expect(failure({ kind, sent: false, signIn: true }, during)).toEqual(transient);
    },
  );

  it('the sign-in that answers JSON of the wrong shape is permanent', () => {
    expect(failure({ kind: 'shape', sent: false, signIn: true }, during)).toEqual(permanent);
  });

  it.each([408, 500, 502, 503, 504, 520])('the sign-in that met %i passes', (code) => {
    expect(failure(status(code, { sent: false, signIn: true }), during)).toEqual(transient);
  });

  it.each([400, 401, 403, 404, 409, 412, 302])('the sign-in that met %i is permanent', (code) => {
    const details = status(code, { sent: false, signIn: true, code: 'version.conflict' });
    expect(failure(details, during, 'version mismatch')).toEqual(permanent);
  });

  it('an error that is not of Genesys passes through: it is a bug', () => {
    const bug = new TypeError('undefined is not a function');
    expect(storeError(bug, during)).toBe(bug);
    expect(storeError('text', during)).toBe('text');
  });
});
