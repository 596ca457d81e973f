import { StoreError } from '../../../core';
import { GenesysError } from '../../../genesys/transport/genesys-error';

/** What a promise fails with; an error of its own if it does not fail. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    (value) => new Error(`Nothing failed, there is a result: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

/** The Genesys error that a promise fails with. */
export async function genesysErrorOf(promise: Promise<unknown>): Promise<GenesysError> {
  const error = await failureOf(promise);
  if (error instanceof GenesysError) return error;
  throw error;
}

/** The store error that a promise fails with. */
export async function storeErrorOf(promise: Promise<unknown>): Promise<StoreError> {
  const error = await failureOf(promise);
  if (error instanceof StoreError) return error;
  throw error;
}

/** The Genesys error that a function throws. */
export function genesysErrorThrownBy(action: () => unknown): GenesysError {
  try {
    action();
  } catch (error) {
    if (error instanceof GenesysError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}
