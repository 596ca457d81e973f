import type { Address, Operation } from './address';
import type { Attributes } from './attributes';
import type { SimulatedCall } from './call';
import { plainConflict } from './conflict';
import type { Fault, FaultQueue } from './faults';
import type { Reply } from './replies';
import type { SimulatedResource } from './resource';
import type { Tokens } from './tokens';

interface Organisation {
  readonly calls: ReadonlyMap<string, SimulatedCall>;
  readonly resources: ReadonlyMap<string, SimulatedResource>;
  readonly tokens: Tokens;
  readonly faults: FaultQueue;
}

interface Writable {
  write(fields: Attributes): void;
}

/** What others write to just before such a request: all records, for a write names its own in the body. */
const HELD = new Map<Operation, (call: SimulatedCall) => Iterable<Writable>>([
  ['readSecure', ({ secure }) => [secure]],
  ['putSecure', ({ secure }) => [secure]],
  ['listCustom', ({ customRecords }) => customRecords.values()],
  ['readCustom', ({ customRecords }) => customRecords.values()],
  ['putCustom', ({ customRecords }) => customRecords.values()],
]);

/** Lets a fault change the organisation just before a request is judged; may answer in its place. */
export function interfere(
  fault: Fault,
  { operation, conversationId = '', participantId = '', path }: Address & { readonly path: string },
  { calls, faults, resources, tokens }: Organisation,
): Reply | undefined {
  if (fault.kind === 'expireTokens') {
    tokens.expireAll();
    if (fault.signInMs !== undefined) {
      faults.order({ on: 'token', kind: 'delayAfter', ms: fault.signInMs });
    }
    return undefined;
  }
  const resource = resources.get(path);
  if (resource !== undefined) disturb(resource, fault);
  const call = calls.get(conversationId);
  if (call === undefined) return undefined;
  const held = HELD.get(operation)?.(call);
  if (held) {
    for (const record of held) disturb(record, fault);
    if (fault.kind === 'endCall') call.end();
    return undefined;
  }
  const participant = call.participant(participantId) ?? call.customer;
  if (fault.kind === 'foreignWrite' && fault.when !== 'after') participant.write(fault.attributes);
  if (fault.kind === 'endCall') call.end();
  if (fault.kind === 'conflict') {
    if (fault.spurious !== true) {
      call.changeState();
      // Who has left is not moved by the call, but must meet the conflict too.
      if (!participant.connected) participant.changeState();
    }
    // A PATCH carries no version that could be stale.
    if (operation !== 'putParticipant') return plainConflict(fault.status ?? 409);
  }
  return undefined;
}

/** Somebody else writes, be it only so that the version moves. */
function disturb(record: Writable, fault: Fault): void {
  if (fault.kind === 'foreignWrite' && fault.when !== 'after') record.write(fault.attributes);
  if (fault.kind === 'conflict' && fault.spurious !== true) record.write({});
}
