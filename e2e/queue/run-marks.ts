import { behindWebhook, CREDENTIALS } from '../tests/behind-webhook';

/** What {@link runMarks} sets: the execution, and a random number for each run of its node. */
export const RUN_AND_NUMBER = /^\d+ 0\.\d+$/;

/** A workflow that sets the attribute it is asked for to a value that no other run would set it to. */
export function runMarks(path: string): object {
  return behindWebhook(path, {
    name: 'Genesys Cloud',
    type: 'n8n-nodes-genesys-cloud.genesysCloud',
    typeVersion: 1,
    parameters: {
      resource: 'participant',
      operation: 'setAttributes',
      conversationId: '={{ $json.body.conversationId }}',
      participant: { __rl: true, mode: 'purpose', value: 'customer' },
      inputMode: 'json',
      attributesJson:
        "={{ JSON.stringify({ [$json.body.name]: $execution.id + ' ' + Math.random() }) }}",
      options: {},
    },
    credentials: CREDENTIALS,
  });
}
