import type { IDataObject } from 'n8n-workflow';

import type { Call, Simulator } from '../../simulator';
import { rows, run } from './set-up';

/** The parameters of an operation on the secure attributes of a call. */
export function secure(
  call: Pick<Call, 'conversationId'>,
  operation: 'get' | 'set' | 'remove',
  more: IDataObject = {},
): IDataObject {
  return {
    resource: 'secureAttributes',
    operation,
    conversationId: call.conversationId,
    ...more,
  };
}

/** Sets some, and gives the item that comes out, be it a failure. */
export async function setSecure(
  simulator: Simulator,
  call: Pick<Call, 'conversationId'>,
  attributes: Record<string, unknown>,
  more: IDataObject = {},
): Promise<IDataObject> {
  const { items } = await run(simulator, {
    parameters: secure(call, 'set', { attributes: rows(attributes), ...more }),
    onError: 'continueRegularOutput',
  });
  return items[0]?.json ?? {};
}

/** The bodies of all writes, in order. */
export function bodies({ journal }: Simulator): unknown[] {
  return journal.writes().map(({ body }) => body);
}

/** Somebody else sets an attribute of its own every so many ms, until told to stop; then gives their names. */
export function stranger(call: Call, everyMs: number): () => string[] {
  const names: string[] = [];
  const timer = setInterval(() => {
    const name = `stranger${names.length}`;
    names.push(name);
    call.secure.write({ [name]: name });
  }, everyMs);
  return () => {
    clearInterval(timer);
    return names;
  };
}
