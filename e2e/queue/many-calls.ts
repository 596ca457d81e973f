import { setAttributes, webhook } from '../tests/behind-webhook';

/** One update that {@link manyCalls} is asked for. */
export interface WantedUpdate {
  readonly conversationId: string;
  /** Total Timeout (ms) of the node. */
  readonly totalTimeout: number;
}

/** A workflow that marks the customers of many calls, and answers with what became of each. */
export function manyCalls(path: string): object {
  return {
    name: path,
    nodes: [
      webhook(path, { responseMode: 'lastNode', responseData: 'allEntries' }),
      {
        id: '2',
        name: 'Each Call',
        type: 'n8n-nodes-base.splitOut',
        typeVersion: 1,
        position: [200, 0],
        parameters: { fieldToSplitOut: 'body.calls', options: {} },
      },
      {
        id: '3',
        position: [400, 0],
        ...setAttributes({
          conversationId: '={{ $json.conversationId }}',
          attributesJson: '{ "marked": "yes" }',
          retry: { totalTimeout: '={{ $json.totalTimeout }}' },
        }),
        onError: 'continueRegularOutput',
      },
    ],
    connections: {
      Webhook: { main: [[{ node: 'Each Call', type: 'main', index: 0 }]] },
      'Each Call': { main: [[{ node: 'Genesys Cloud', type: 'main', index: 0 }]] },
    },
    settings: { executionOrder: 'v1' },
  };
}
