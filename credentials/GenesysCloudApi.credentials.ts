import type { ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

import { regions } from '../genesys/regions';

const LOGIN_URL =
  '$credentials.region === "custom" ? $credentials.loginUrl.trim().replace(/\\/+$/, "") : "https://login." + $credentials.region';

/** What n8n stores for one OAuth client of one Genesys Cloud organisation. */
export class GenesysCloudApi implements ICredentialType {
  name = 'genesysCloudApi';

  displayName = 'Genesys Cloud API';

  icon: Icon = {
    light: 'file:../icons/genesysCloud.svg',
    dark: 'file:../icons/genesysCloud.dark.svg',
  };

  documentationUrl =
    'https://developer.genesys.cloud/authorization/platform-auth/use-client-credentials';

  properties: INodeProperties[] = [
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
        'Where your organization lives. It is the end of the address at which your agents sign in, e.g. mypurecloud.de.',
    },
    {
      displayName: 'Login URL',
      name: 'loginUrl',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. https://login.mypurecloud.com',
      description: 'Where tokens come from. It must begin with https, except on this machine.',
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
        'Where the API lives, without /api/v2. It must begin with https, except on this machine.',
      displayOptions: { show: { region: ['custom'] } },
    },
    {
      displayName: 'Client ID',
      name: 'clientId',
      type: 'string',
      default: '',
      required: true,
      description:
        'Of an OAuth client with the grant type "Client Credentials" (in Genesys Cloud: Admin > Integrations > OAuth). It needs the scope "conversations".',
    },
    {
      displayName: 'Client Secret',
      name: 'clientSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
    },
  ];

  test: ICredentialTestRequest = {
    request: {
      baseURL: `={{ ${LOGIN_URL} }}`,
      url: '/oauth/token',
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization:
          '={{ "Basic " + ($credentials.clientId + ":" + $credentials.clientSecret).base64Encode() }}',
      },
      body: 'grant_type=client_credentials',
    },
    rules: [400, 401, 403].map((value) => ({
      type: 'responseCode' as const,
      properties: {
        value,
        message:
          'Genesys Cloud does not know this pair of "Client ID" and "Client Secret" in this region',
      },
    })),
  };
}
