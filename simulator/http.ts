import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './replies';

/** The platform's limit for a request body. */
const BODY_LIMIT_BYTES = 512_000;

export interface ReceivedBody {
  /** Parsed JSON, or the text where it is none; undefined when empty or too large. */
  readonly content: unknown;
  readonly tooLarge: boolean;
}

/** Receives a body to its end, keeping nothing of one that is too large. Undefined: the client left. */
export async function receiveBody(request: IncomingMessage): Promise<ReceivedBody | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  if (size > BODY_LIMIT_BYTES) return { content: undefined, tooLarge: true };
  return { content: parse(Buffer.concat(chunks).toString('utf8')), tooLarge: false };
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Sends a whole reply. */
export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** Sends the head and half of the body, then destroys the socket. */
export function sendCut(response: ServerResponse, { status, headers, body }: Reply): void {
  // A reply without a body promises one here: there must be something to miss.
  const whole = Buffer.from(body || '{}');
  response.writeHead(status, { ...headers, 'content-length': whole.length });
  response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
}
