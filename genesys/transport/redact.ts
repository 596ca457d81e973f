import { excerpt } from './excerpt';
import { GenesysError } from './genesys-error';

/**
 * The same error without any of these secrets. A server may repeat what it was sent in its message,
 * which may be long; users and logs must not see that.
 */
export function redact(error: GenesysError, secrets: readonly string[]): GenesysError {
  const hide = (text: string) =>
    secrets.reduce((shown, secret) => shown.replaceAll(secret, '[hidden]'), text);
  const { serverMessage = '', code, contextId, correlationId } = error.details;
  const words = hide(serverMessage);
  // Not cut before: half a secret would not be found.
  const message = hide(error.message).replace(words, () => excerpt(words));
  return new GenesysError(message, {
    ...error.details,
    ...(words && { serverMessage: words }),
    ...(code !== undefined && { code: hide(code) }),
    ...(contextId !== undefined && { contextId: hide(contextId) }),
    ...(correlationId !== undefined && { correlationId: hide(correlationId) }),
  });
}
