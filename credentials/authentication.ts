import type {
  ICredentialDataDecryptedObject,
  IDataObject,
  IHttpRequestHelper,
  IHttpRequestOptions,
  IN8nHttpFullResponse,
} from 'n8n-workflow';

import { isAboutCertificate } from '../genesys/transport/error-chain';
import { hostsOfRegion, type Hosts, parseHostUrl } from '../genesys/transport/hosts';
import { checkApi } from './api-check';

export const UNKNOWN_CLIENT =
  'Genesys Cloud does not know this pair of "Client ID" and "Client Secret" in this region';

const SIGN_IN_TIMEOUT_MS = 30_000;

/** What n8n's older request helper, which the HTTP Request node uses, calls some options. */
type RequestOptions = IHttpRequestOptions & { readonly uri?: string };

/**
 * A new access token by client credentials.
 *
 * What is thrown carries neither the request nor a `response`: the first holds the secret, and on
 * the second n8n would sign in all over again.
 *
 * @see RFC 6749, section 4.4
 */
export async function fetchToken(
  { helpers }: IHttpRequestHelper,
  credentials: ICredentialDataDecryptedObject,
): Promise<string> {
  const { loginUrl } = hostsOf(credentials);
  const basic = Buffer.from(
    `${filledIn(credentials, 'clientId', 'Client ID').trim()}:${filledIn(credentials, 'clientSecret', 'Client Secret')}`,
  );
  const request: IHttpRequestOptions = {
    method: 'POST',
    url: `${loginUrl}/oauth/token`,
    headers: {
      Authorization: `Basic ${basic.toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'application/json',
    },
    body: 'grant_type=client_credentials',
    timeout: SIGN_IN_TIMEOUT_MS,
    disableFollowRedirect: true,
    ignoreHttpStatusErrors: true,
    returnFullResponse: true,
  };
  const reply: unknown = await helpers
    .httpRequest(request)
    .catch((error: unknown) => noAnswer(error, loginUrl));
  if (reply instanceof Error) throw reply;
  return tokenIn(reply as IN8nHttpFullResponse, loginUrl);
}

/**
 * Adds the token to a request to the organisation, whatever it may have brought along itself.
 *
 * A request for a token is the test of the credential: it is left to sign in with the secret. The
 * test is a single request, so this is also the place to ask the API.
 *
 * @throws for a request to anybody else: who gets the token can do all that the client may do.
 */
export async function withToken(
  credentials: ICredentialDataDecryptedObject,
  request: RequestOptions,
): Promise<IHttpRequestOptions> {
  const { loginUrl, apiUrl } = hostsOf(credentials);
  const target = targetOf(request);
  const origins = [apiUrl, loginUrl].map((url) => new URL(url).origin);
  if (target === null || !origins.includes(target.origin)) {
    throw new Error(
      `This credential is for requests to ${[...new Set(origins)].join(' and ')} only. ${target === null ? 'The URL of this request is not a full address' : `This request goes to ${target.origin}`}.`,
    );
  }

  // n8n would take the header along to wherever a reply sends it.
  const safe = { ...request, sendCredentialsOnCrossOriginRedirect: false };
  const token = filledIn(credentials, 'accessToken', 'Access Token');
  if (target.origin + target.pathname === `${loginUrl}/oauth/token`) {
    await checkApi({ loginUrl, apiUrl }, token);
    return safe;
  }
  const others = Object.entries(request.headers ?? {}).filter(
    ([name]) => name.toLowerCase() !== 'authorization',
  );
  return { ...safe, headers: { ...Object.fromEntries(others), Authorization: `Bearer ${token}` } };
}

/** Nothing else of the error is told: it holds the request, and the request the secret. */
function noAnswer(error: unknown, loginUrl: string): Error {
  return new Error(
    isAboutCertificate(error)
      ? `n8n does not trust the certificate of ${loginUrl}. Where your company or its proxy signs certificates itself, name its CA in NODE_EXTRA_CA_CERTS in the environment of n8n, and start n8n anew.`
      : `${loginUrl} does not answer. Check the region or the "Login URL".`,
  );
}

function tokenIn({ statusCode, body }: IN8nHttpFullResponse, loginUrl: string): string {
  if ([400, 401, 403].includes(statusCode)) throw new Error(UNKNOWN_CLIENT);
  if (statusCode !== 200) {
    throw new Error(`${loginUrl} answered the sign-in with the status ${statusCode}.`);
  }
  const token = (body as IDataObject | null | undefined)?.['access_token'];
  if (typeof token === 'string' && token !== '') return token;
  throw new Error(`${loginUrl} gave no access token. Check the region or the "Login URL".`);
}

function hostsOf({ region, loginUrl, apiUrl }: ICredentialDataDecryptedObject): Hosts {
  if (region === 'custom') {
    return { loginUrl: hostUrl('Login URL', loginUrl), apiUrl: hostUrl('API URL', apiUrl) };
  }
  const known = typeof region === 'string' ? hostsOfRegion(region) : undefined;
  if (known) return known;
  throw new Error('The "Region" is none that Genesys runs. Choose one from the list, or Custom.');
}

function hostUrl(field: string, value: unknown): string {
  const parsed = parseHostUrl(typeof value === 'string' ? value : '');
  if ('url' in parsed) return parsed.url;
  throw new Error(`The "${field}" will not do. ${parsed.complaint}`);
}

function filledIn(
  credentials: ICredentialDataDecryptedObject,
  name: string,
  field: string,
): string {
  const value = credentials[name];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new Error(`The "${field}" is missing in the credential "Genesys Cloud API".`);
}

/** Where n8n will send a request, or null where that is no full address. */
function targetOf({ url, uri, baseURL }: RequestOptions): URL | null {
  const given = (url as string | undefined) ?? uri ?? '';
  if (!baseURL || /^([a-z][a-z\d+.-]*:)?\/\//i.test(given)) return URL.parse(given);
  return URL.parse(`${baseURL.replace(/\/+$/, '')}/${given.replace(/^\/+/, '')}`);
}
