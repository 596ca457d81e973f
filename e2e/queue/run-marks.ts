import { behindWebhook, setAttributes } from '../tests/behind-webhook';

/** What {@link runMarks} sets: the execution, and a random number for each run of its node. */
export const RUN_AND_NUMBER = /^\d+ 0\.\d+$/;

/** A workflow that sets the attribute it is asked for to a value that no other run would set it to. */
export function runMarks(path: string): object {
  const node = setAttributes({
    conversationId: '={{ $json.body.conversationId }}',
    attributesJson:
      "={{ JSON.stringify({ [$json.body.name]: $execution.id + ' ' + Math.random() }) }}",
  });
  return behindWebhook(path, node);
}
