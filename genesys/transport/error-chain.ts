/**
 * The codes of certificates that are not accepted, all of them those of OpenSSL but the first.
 *
 * @see https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const CERTIFICATE_CODES = new Set([
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether a connection was not made because of the certificate of whoever answered. */
export function isAboutCertificate(error: unknown): boolean {
  return chain(error).some(({ code = '' }) => CERTIFICATE_CODES.has(code));
}

/** An error and those that have led to it. */
export function chain(error: unknown): NodeJS.ErrnoException[] {
  const found: NodeJS.ErrnoException[] = [];
  for (let next = first(error); next && found.length < 5; next = first(next.cause)) {
    found.push(next);
  }
  return found;
}

/** Node wraps the errors of several tried addresses into one. */
export function first(error: unknown): (NodeJS.ErrnoException & { cause?: unknown }) | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { errors: tried } = error as Partial<AggregateError>;
  return (tried?.[0] ?? error) as NodeJS.ErrnoException;
}
