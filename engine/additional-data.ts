import { ExternalSecretsProxy } from 'n8n-core';
import type { IWorkflowExecuteAdditionalData } from 'n8n-workflow';

import type { CredentialStore } from './credential-store';

/** Nothing listens there, but expressions such as `$execution.resumeUrl` need a valid URL. */
const address = 'http://localhost:5678';

const unavailable = (what: string) => (): Promise<never> =>
  Promise.reject(new Error(`${what} is not available without the n8n application`));

/** What the application would tell the engine about itself. */
export function additionalData(credentialStore: CredentialStore): IWorkflowExecuteAdditionalData {
  return {
    credentialsHelper: credentialStore,
    externalSecretsProxy: new ExternalSecretsProxy(),
    currentNodeExecutionIndex: 0,
    variables: {},
    instanceBaseUrl: `${address}/`,
    restApiUrl: `${address}/rest`,
    formBaseUrl: `${address}/form`,
    formWaitingBaseUrl: `${address}/form-waiting`,
    formTestBaseUrl: `${address}/form-test`,
    webhookBaseUrl: `${address}/webhook`,
    webhookWaitingBaseUrl: `${address}/webhook-waiting`,
    webhookTestBaseUrl: `${address}/webhook-test`,
    mcpBaseUrl: `${address}/mcp`,
    mcpTestBaseUrl: `${address}/mcp-test`,
    logAiEvent: () => undefined,
    getRunExecutionData: () => Promise.resolve(undefined),
    executeWorkflow: unavailable('Calling another workflow'),
    getRuntimeCredential: unavailable('A runtime credential'),
    startRunnerTask: unavailable('A task runner'),
  };
}
