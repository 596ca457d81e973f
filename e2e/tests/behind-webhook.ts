/** A node as it stands in a workflow. */
interface WorkflowNode {
  readonly name: string;
  readonly type: string;
  readonly typeVersion: number;
  readonly parameters: object;
  readonly credentials?: object;
}

/** The credential that the stage imports, as a node refers to it. */
export const CREDENTIALS = {
  genesysCloudApi: { id: 'genesysSimulator', name: 'Genesys Cloud account' },
};

/** The node, as it sets attributes of the customer on a call. */
export function setAttributes(parameters: {
  readonly conversationId: string;
  readonly attributesJson: string;
  readonly retry?: object;
}): WorkflowNode {
  return {
    name: 'Genesys Cloud',
    type: 'n8n-nodes-genesys-cloud.genesysCloud',
    typeVersion: 1,
    parameters: {
      resource: 'participant',
      operation: 'setAttributes',
      participant: { __rl: true, mode: 'purpose', value: 'customer' },
      inputMode: 'json',
      retry: {},
      options: {},
      ...parameters,
    },
    credentials: CREDENTIALS,
  };
}

/** The trigger of a workflow that is called by `POST`. */
export function webhook(path: string, parameters: object): object {
  return {
    id: '1',
    name: 'Webhook',
    type: 'n8n-nodes-base.webhook',
    typeVersion: 2.1,
    position: [0, 0],
    webhookId: path,
    parameters: { httpMethod: 'POST', path, options: {}, ...parameters },
  };
}

/**
 * A workflow of one node behind a webhook, which answers when the node has ended, or at once.
 *
 * @param path of the webhook, and the workflow's name
 */
export function behindWebhook(
  path: string,
  node: WorkflowNode,
  responseMode: 'lastNode' | 'onReceived' = 'lastNode',
): object {
  return {
    name: path,
    nodes: [webhook(path, { responseMode }), { id: '2', position: [200, 0], ...node }],
    connections: { Webhook: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
    settings: { executionOrder: 'v1' },
  };
}
