/** One Genesys Cloud environment: `login.{environment}` signs in, `api.{environment}` serves the API. */
export interface Region {
  readonly environment: string;
  readonly name: string;
}

/**
 * In the order of their names, in which people look for theirs: by area, then by place.
 *
 * @see https://developer.genesys.cloud/platform/api/
 */
export const regions: readonly Region[] = [
  { environment: 'cac1.pure.cloud', name: 'Americas (Canada Central)' },
  { environment: 'mxc1.pure.cloud', name: 'Americas (Mexico Central)' },
  { environment: 'sae1.pure.cloud', name: 'Americas (São Paulo)' },
  { environment: 'use2.us-gov-pure.cloud', name: 'Americas (US East 2, Ohio) - FedRAMP' },
  { environment: 'mypurecloud.com', name: 'Americas (US East, N. Virginia)' },
  { environment: 'usw2.pure.cloud', name: 'Americas (US West, Oregon)' },
  { environment: 'aps1.pure.cloud', name: 'Asia Pacific (Mumbai)' },
  { environment: 'apne3.pure.cloud', name: 'Asia Pacific (Osaka)' },
  { environment: 'apne2.pure.cloud', name: 'Asia Pacific (Seoul)' },
  { environment: 'apse1.pure.cloud', name: 'Asia Pacific (Singapore)' },
  { environment: 'mypurecloud.com.au', name: 'Asia Pacific (Sydney)' },
  { environment: 'mypurecloud.jp', name: 'Asia Pacific (Tokyo)' },
  { environment: 'edee1.eusc-pure.cloud', name: 'AWS European Sovereign Cloud (Germany)' },
  { environment: 'mypurecloud.ie', name: 'EMEA (Dublin)' },
  { environment: 'mypurecloud.de', name: 'EMEA (Frankfurt)' },
  { environment: 'euw2.pure.cloud', name: 'EMEA (London)' },
  { environment: 'euc2.pure.cloud', name: 'EMEA (Zurich)' },
  { environment: 'mec1.pure.cloud', name: 'Middle East (UAE)' },
];
