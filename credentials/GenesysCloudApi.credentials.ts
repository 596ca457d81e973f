import type {
  ICredentialDataDecryptedObject,
  ICredentialTestRequest,
  ICredentialType,
  Icon,
  IDataObject,
  IHttpRequestHelper,
  IHttpRequestOptions,
  INodeProperties,
} from 'n8n-workflow';

import { regions } from '../genesys/transport/regions';
import { PERMISSION, SCOPE } from './api-check';
import { fetchToken, UNKNOWN_CLIENT, withToken } from './authentication';

/**
 * The login host, in n8n's expression language. Where the secret could be read on its way, it is a
 * host that cannot exist (RFC 2606) and that says why.
 */
const LOGIN_URL = [
  '$credentials.region !== "custom" ? "https://login." + $credentials.region :',
  String.raw`/^\s*(https:\/\/|http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|\s*$))/i.test($credentials.loginUrl)`,
  String.raw`? $credentials.loginUrl.trim().replace(/(\/oauth\/token)?\/*$/i, "").replace(/\/+$/, "")`,
  ': "https://login-url-must-begin-with-https.invalid"',
].join(' ');

/** What n8n stores for one OAuth client of one Genesys Cloud organisation. */
export class GenesysCloudApi implements ICredentialType {
  name = 'genesysCloudApi';

  displayName = 'Genesys Cloud API';

  icon: Icon = {
    light: 'file:../icons/genesysCloud.svg',
    dark: 'file:../icons/genesysCloud.dark.svg',
  };

  // A file of this package, which has no home page yet.
  documentationUrl = 'https://unpkg.com/n8n-nodes-genesys-cloud/docs/credential.md';

  properties: INodeProperties[] = [
    {
      displayName: `It takes an OAuth client (in Genesys Cloud: Admin > Integrations > OAuth) with the grant type "Client Credentials", the scope "${SCOPE}", and a role that has the permission "${PERMISSION}"`,
      name: 'clientNotice',
      type: 'notice',
      default: '',
    },
    {
      displayName: 'Region',
      name: 'region',
      type: 'options',
      options: [
        ...regions.map(({ environment, name }) => ({
          name,
          value: environment,
          description: environment,
        })),
        {
          name: 'Custom',
          value: 'custom',
          description: 'Other addresses, such as a gateway or the simulator',
        },
      ],
      default: 'mypurecloud.com',
      description:
        'Where your organization lives. It is the end of the address at which your agents sign in, e.g. mypurecloud.de. In an HTTP Request node the credential is for requests to its API and login hosts only.',
    },
    {
      displayName: 'Login URL',
      name: 'loginUrl',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. https://login.mypurecloud.com',
      description:
        'Where tokens come from, with or without /oauth/token. It must begin with https, except on this machine.',
      displayOptions: { show: { region: ['custom'] } },
    },
    {
      displayName: 'API URL',
      name: 'apiUrl',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. https://api.mypurecloud.com',
      description:
        'Where the API lives, with or without /api/v2. It must begin with https, except on this machine. In an HTTP Request node the credential is for requests to this host and to that of the Login URL only.',
      displayOptions: { show: { region: ['custom'] } },
    },
    {
      displayName: 'Client ID',
      name: 'clientId',
      type: 'string',
      default: '',
      required: true,
      description: 'Of the OAuth client',
    },
    {
      displayName: 'Client Secret',
      name: 'clientSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
    },
    {
      displayName: 'Requests per Minute',
      name: 'requestsPerMinute',
      type: 'number',
      typeOptions: { minValue: 1, maxValue: 1_000_000 },
      default: 300,
      description:
        'The node sends no more than this with one access token in any 60 seconds, all executions together; an update takes two or three. Genesys Cloud usually allows 300 for each token. In queue mode each worker has tokens of its own.',
    },
    // How many there are is no secret.
    // eslint-disable-next-line @n8n/community-nodes/credential-password-field
    {
      displayName: 'Access Tokens',
      name: 'tokens',
      type: 'number',
      typeOptions: { minValue: 1, maxValue: 10 },
      default: 1,
      description:
        'So many tokens of this client share the requests, each with Requests per Minute of its own. More than 1 is for when the requests of a minute are used up: Genesys names its limit for a token, but does not say that a client may spread its requests over several.',
    },
    {
      displayName: 'Access Token',
      name: 'accessToken',
      type: 'hidden',
      typeOptions: { expirable: true, password: true },
      default: '',
    },
  ];

  async preAuthentication(
    this: IHttpRequestHelper,
    credentials: ICredentialDataDecryptedObject,
  ): Promise<IDataObject> {
    return { accessToken: await fetchToken(this, credentials) };
  }

  // A function, because n8n's declarative form adds the token to any request to anybody.
  async authenticate(
    credentials: ICredentialDataDecryptedObject,
    request: IHttpRequestOptions,
  ): Promise<IHttpRequestOptions> {
    return await withToken(credentials, request);
  }

  // Signs in by its own request; `authenticate` asks the API beside it.
  test: ICredentialTestRequest = {
    request: {
      baseURL: `={{ ${LOGIN_URL} }}`,
      url: '/oauth/token',
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization:
          '={{ "Basic " + ($credentials.clientId.trim() + ":" + $credentials.clientSecret).base64Encode() }}',
      },
      body: 'grant_type=client_credentials',
      disableFollowRedirect: true,
    },
    rules: [400, 401, 403].map((value) => ({
      type: 'responseCode' as const,
      properties: {
        value,
        message: UNKNOWN_CLIENT,
      },
    })),
  };
}
