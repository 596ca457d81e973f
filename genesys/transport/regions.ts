/** One Genesys Cloud environment: `login.{environment}` signs in, `api.{environment}` serves the API. */
export interface Region {
  readonly environment: string;
  readonly name: string;
}

/** @see https://developer.genesys.cloud/platform/api/ */
export const regions: readonly Region[] = [
  { environment: 'mypurecloud.com', name: 'Americas (US East, N. Virginia)' },
  { environment: 'mypurecloud.ie', name: 'EMEA (Dublin)' },
  { environment: 'mypurecloud.com.au', name: 'Asia Pacific (Sydney)' },
  { environment: 'mypurecloud.jp', name: 'Asia Pacific (Tokyo)' },
  { environment: 'mypurecloud.de', name: 'EMEA (Frankfurt)' },
  { environment: 'usw2.pure.cloud', name: 'Americas (US West, Oregon)' },
  { environment: 'cac1.pure.cloud', name: 'Americas (Canada Central)' },
  { environment: 'apne2.pure.cloud', name: 'Asia Pacific (Seoul)' },
  { environment: 'euw2.pure.cloud', name: 'EMEA (London)' },
  { environment: 'aps1.pure.cloud', name: 'Asia Pacific (Mumbai)' },
  { environment: 'use2.us-gov-pure.cloud', name: 'Americas (US East 2, Ohio) - FedRAMP' },
  { environment: 'sae1.pure.cloud', name: 'Americas (São Paulo)' },
  { environment: 'mec1.pure.cloud', name: 'Middle East (UAE)' },
  { environment: 'apne3.pure.cloud', name: 'Asia Pacific (Osaka)' },
  { environment: 'euc2.pure.cloud', name: 'EMEA (Zurich)' },
  { environment: 'mxc1.pure.cloud', name: 'Americas (Mexico Central)' },
  { environment: 'apse1.pure.cloud', name: 'Asia Pacific (Singapore)' },
  { environment: 'edee1.eusc-pure.cloud', name: 'AWS European Sovereign Cloud (Germany)' },
];
