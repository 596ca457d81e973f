import type { ServerResponse } from 'node:http';
import type { Address } from './address';
import type { SimulatedCall } from './call';
import { falseAcceptance } from './false-acceptance';
import type { Fault, FaultQueue } from './faults';
import type { ReceivedBody } from './http';
import { send, sendCut } from './http';
import { interfere } from './interference';
import type { JournalEntry } from './journal';
import type { PlatformApi } from './platform-api';
import type { Reply } from './replies';
import { errorReply, orderedReply } from './replies';
import type { SimulatedResource } from './resource';
import type { Tokens } from './tokens';

/** What the exchanges of one simulator share. */
export interface Platform {
  readonly api: PlatformApi;
  readonly calls: ReadonlyMap<string, SimulatedCall>;
  readonly resources: ReadonlyMap<string, SimulatedResource>;
  readonly tokens: Tokens;
  readonly faults: FaultQueue;
}

/** A request that has come through the gateway. */
interface Received {
  readonly address: Address;
  readonly contentType: string | undefined;
  readonly body: ReceivedBody;
  readonly entry: JournalEntry;
  /** What goes wrong with it. */
  readonly fault: Fault | undefined;
}

/** How long things take. */
export interface Timing {
  /** Round trip time. */
  readonly latencyMs: number;
  /** Waits so many ms; rejects when the simulator closes. */
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * One API request from its arrival to its reply: half the latency, the judgement (which applies it),
 * half the latency, the reply if there is somebody to have it. A client that leaves stops nothing.
 */
export async function exchange(
  platform: Platform,
  received: Received,
  response: ServerResponse | undefined,
  { latencyMs, pause }: Timing,
): Promise<void> {
  const { entry, fault } = received;
  await pause(latencyMs / 2 + (fault?.kind === 'delayBefore' ? fault.ms : 0));
  if (fault?.kind === 'dropBefore') {
    response?.destroy();
    return;
  }
  const reply = judge(platform, received);
  entry.applied = reply.applied;
  await pause(latencyMs / 2 + (fault?.kind === 'delayAfter' ? fault.ms : 0));
  if (fault?.kind === 'dropAfter') response?.destroy();
  if (response === undefined || response.destroyed) return;
  entry.status = reply.status;
  const retryAfterS = reply.headers['retry-after'];
  if (retryAfterS !== undefined) entry.retryAfterMs = Number(retryAfterS) * 1000;
  if (fault?.kind === 'truncate') sendCut(response, reply);
  else send(response, reply);
}

function judge(platform: Platform, received: Received): Reply {
  const { address, contentType, body, entry, fault } = received;
  if (fault?.kind === 'reply') return orderedReply(fault);
  if (fault?.kind === 'falseAcceptance') return falseAcceptance(fault, address);
  if (body.tooLarge) {
    return errorReply(413, 'request.entity.too.large', 'The body is larger than 512,000 bytes');
  }
  const answer = fault && interfere(fault, { ...address, path: entry.path }, platform);
  if (answer !== undefined) return answer;
  const { authorization, method, path } = entry;
  const query = new URLSearchParams(entry.query);
  const content = { contentType, body: body.content };
  const request = { address, method, path, query, authorization, ...content, fault };
  return platform.api.answer(request);
}
