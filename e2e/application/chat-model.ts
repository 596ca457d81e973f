import { json } from 'node:stream/consumers';
import * as z from 'zod/v4';

import { listen, type StandIn } from './stand-in';

const request = z.object({
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
  tools: z.array(z.object({ function: z.looseObject({ name: z.string() }) })).optional(),
});

/**
 * Starts a chat model that speaks OpenAI's API of chat completions: it calls the first tool that it
 * is offered with the given arguments, and then says what the tool answered.
 */
export async function startChatModel(toolArguments: object, port?: number): Promise<StandIn> {
  return await listen((incoming, response) => {
    json(incoming)
      .then((body) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(completion(request.parse(body), toolArguments)));
      })
      .catch((error: unknown) => {
        response.writeHead(400).end(String(error));
      });
  }, port);
}

function completion({ messages, tools }: z.infer<typeof request>, toolArguments: object) {
  const answer = messages.findLast(({ role }) => role === 'tool');
  const message = answer
    ? { content: `The tool answered: ${JSON.stringify(answer.content)}` }
    : {
        content: null,
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: {
              name: tools?.[0]?.function.name,
              arguments: JSON.stringify(toolArguments),
            },
          },
        ],
      };
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model: 'stand-in',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', ...message },
        finish_reason: answer ? 'stop' : 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}
