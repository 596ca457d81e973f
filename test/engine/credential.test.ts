import { describe, expect, it } from '@jest/globals';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { testCredential } from '../../engine/test-credential';
import { simulatorForEachTest } from './set-up';

const simulator = simulatorForEachTest();

const test = async (changes: Record<string, string> = {}) =>
  await testCredential(new GenesysCloudApi(), {
    region: 'custom',
    loginUrl: simulator.current.url,
    apiUrl: simulator.current.url,
    clientId: simulator.current.clientId,
    clientSecret: simulator.current.clientSecret,
    ...changes,
  });

describe("The credential's test button", () => {
  it('is content with the right secret', async () => {
    expect(await test()).toMatchObject({ status: 'OK' });
    expect(simulator.current.journal.tokens()).toHaveLength(1);
  });

  it('takes an address with a slash at its end, and a secret with odd characters', async () => {
    expect(await test({ loginUrl: `${simulator.current.url}/ ` })).toMatchObject({ status: 'OK' });
    expect(await test({ clientSecret: 'ü:"{{ 1 }}' })).toMatchObject({ status: 'Error' });
  });

  it('refuses a wrong secret', async () => {
    expect(await test({ clientSecret: 'wrong' })).toEqual({
      status: 'Error',
      message: expect.stringMatching(/Client ID.*Client Secret/),
    });
  });

  it('says so where nobody answers', async () => {
    expect(await test({ loginUrl: 'http://127.0.0.1:9' })).toMatchObject({ status: 'Error' });
  });
});
