import type { IExecuteFunctions } from 'n8n-workflow';

/** The execution was cancelled before an item was even looked at. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  override readonly message = 'The execution was cancelled before this item was begun';
}

/** @throws {Cancelled} */
export function stopIfCancelled(context: IExecuteFunctions): void {
  if (context.getExecutionCancelSignal()?.aborted) throw new Cancelled();
}
