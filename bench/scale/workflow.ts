import type { WorkflowJson } from '../../engine/run-workflow';

export const NODE_NAME = 'Node';

/**
 * A trigger and our node, whose parameters come from the item by expressions.
 *
 * @param more parameters beside those
 */
export function workflowWith(more: object = {}): WorkflowJson {
  return {
    nodes: [
      {
        id: 'trigger',
        name: 'Trigger',
        type: 'n8n-nodes-base.manualTrigger',
        typeVersion: 1,
        position: [0, 0],
        parameters: {},
      },
      {
        id: 'node',
        name: NODE_NAME,
        type: 'n8n-nodes-genesys-cloud.genesysCloud',
        typeVersion: 1,
        position: [200, 0],
        parameters: {
          resource: 'participant',
          operation: 'setAttributes',
          conversationId: '={{ $json.conversationId }}',
          participant: { __rl: true, mode: 'id', value: '={{ $json.participantId }}' },
          attributes: {
            assignments: [
              { id: 'one', name: '={{ $json.name }}', value: '={{ $json.name }}', type: 'string' },
            ],
          },
          options: { writeMethod: 'versioned' },
          ...more,
        },
        credentials: { genesysCloudApi: { id: 'credential', name: 'Simulator' } },
      },
    ],
    connections: { Trigger: { main: [[{ node: NODE_NAME, type: 'main', index: 0 }]] } },
  };
}
