import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import * as z from 'zod/v4';

import { GenesysClient, type SharedByClients } from '../../genesys/client';
import { hostsOfRegion, type Hosts, parseHostUrl } from '../../genesys/transport/hosts';
import { InvalidParameter, unfit } from '../parameters/invalid-parameter';
import { wholeNumber } from '../parameters/whole-number';

/** Credentials that were saved before there were such fields have none. */
const DEFAULT_REQUESTS_PER_MINUTE = 300;
const DEFAULT_TOKENS = 1;

const credential = z.object({
  region: z.string(),
  loginUrl: z.string().nullish(),
  apiUrl: z.string().nullish(),
  clientId: z.string().trim().min(1),
  clientSecret: z.string().min(1),
  requestsPerMinute: z.unknown(),
  tokens: z.unknown(),
});

/** The fields of the credential as its panel shows them. */
const FIELDS: Record<keyof z.infer<typeof credential>, string> = {
  region: 'Region',
  loginUrl: 'Login URL',
  apiUrl: 'API URL',
  clientId: 'Client ID',
  clientSecret: 'Client Secret',
  requestsPerMinute: 'Requests per Minute',
  tokens: 'Access Tokens',
};

/**
 * The client that a credential stands for.
 *
 * @throws {InvalidParameter} that names the field of the credential; never with a secret in it.
 */
export function clientFor(
  data: ICredentialDataDecryptedObject,
  shared: SharedByClients,
): GenesysClient {
  const parsed = credential.safeParse(data);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0] as keyof typeof FIELDS;
    throw new InvalidParameter(
      FIELDS[field],
      'It is missing in the credential "Genesys Cloud API".',
    );
  }
  const { clientId, clientSecret } = parsed.data;
  const requestsPerMinute = wholeNumber(
    FIELDS.requestsPerMinute,
    parsed.data.requestsPerMinute ?? DEFAULT_REQUESTS_PER_MINUTE,
    1,
    1_000_000,
  );
  const tokens = wholeNumber(FIELDS.tokens, parsed.data.tokens ?? DEFAULT_TOKENS, 1, 10);
  return new GenesysClient(
    { ...hosts(parsed.data), clientId, clientSecret, requestsPerMinute, tokens },
    shared,
  );
}

function hosts({ region, loginUrl, apiUrl }: z.infer<typeof credential>): Hosts {
  if (region === 'custom') {
    return {
      loginUrl: customUrl('Login URL', loginUrl),
      apiUrl: customUrl('API URL', apiUrl),
    };
  }
  const known = hostsOfRegion(region);
  if (known) return known;
  throw unfit(
    'Region',
    region,
    'in the credential "Genesys Cloud API" is none that Genesys runs.',
    'Choose one from the list, or Custom.',
  );
}

function customUrl(field: string, text: string | null | undefined): string {
  const parsed = parseHostUrl(text ?? '');
  if ('url' in parsed) return parsed.url;
  throw new InvalidParameter(
    field,
    'The address in the credential "Genesys Cloud API" will not do.',
    parsed.complaint,
  );
}
