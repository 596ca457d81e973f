import { z } from 'zod/v4';
import type { Attributes } from './attributes';
import { plainAttributes } from './attributes';
import type { SimulatedCall } from './call';
import { conflictStyle, isSpuriousConflict, recordConflict } from './conflict';
import type { ApiRequest } from './platform-api';
import type { ReadMoments } from './read-moments';
import type { Reply } from './replies';
import { errorReply, json } from './replies';
import type { Settings } from './settings';
import { type ContentCommit, VersionedContent } from './versioned-content';

/** What a test may look at and do. */
export interface SecureAttributes {
  /** 0 as long as there are none. */
  readonly version: number;
  readonly attributes: Attributes;
  /** Every change, the earliest first. */
  readonly commits: readonly ContentCommit<Attributes>[];
  /** Another system sets these. */
  write(attributes: Attributes): void;
  /** Another system that had found none sets these: they replace what is there. */
  writeAsFirst(attributes: Attributes): void;
}

/** The secure attributes behind the API: those of a conversation. */
export class SimulatedSecureAttributes implements SecureAttributes {
  readonly content = new VersionedContent<Attributes>();

  get version(): number {
    return this.content.now?.version ?? 0;
  }

  get attributes(): Attributes {
    return this.content.now?.content ?? {};
  }

  get commits(): readonly ContentCommit<Attributes>[] {
    return this.content.commits;
  }

  write(attributes: Attributes): void {
    this.content.commit({ ...this.attributes, ...attributes }, 'other');
  }

  writeAsFirst(attributes: Attributes): void {
    this.content.commit(attributes, 'other');
  }
}

const putBody = z.object({ attributes: plainAttributes, version: z.int().optional() });

/** Serves the secure attributes of a call. */
export function answerSecure(
  call: SimulatedCall,
  { address, body, fault }: ApiRequest,
  { moments, settings }: { moments: ReadMoments; settings: Settings },
): Reply {
  const { content } = call.secure;
  if (address.operation === 'readSecure') {
    const state = content.asOf(moments.next(call.conversationId));
    return state === undefined
      ? errorReply(404, 'secure.attributes.not.found', 'Secure attributes could not be found.')
      : json(200, { attributes: state.content, version: state.version });
  }
  const { data, error } = putBody.safeParse(body);
  if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
  const { attributes, version: basedOn } = data;
  const at = content.now?.version;
  const isFree =
    basedOn === undefined && (at === undefined || settings.withoutVersion === 'replaces');
  if (isSpuriousConflict(fault) || (!isFree && basedOn !== at)) {
    return recordConflict(
      conflictStyle(fault, settings),
      'conversation.error.secure.attribute.conflict',
      'A conflict occurred setting the secure attributes.',
    );
  }
  content.commit(attributes, 'api');
  if (fault?.kind === 'foreignWrite' && fault.when === 'after') call.secure.write(fault.attributes);
  return json(202, 'Accepted', { applied: true });
}
