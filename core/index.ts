/**
 * An optimistic-lock retry core: changes records that others change at the same time, so that the
 * change persists and nobody's write is lost.
 *
 * @example
 * ```ts
 * // One instance in a process: updates of one record that meet here share a read and a write.
 * const lanes = new Lanes<null, string>({ clock: systemClock, random: Math.random });
 *
 * // A store is two functions. Its failures are StoreErrors, by what may be done about them.
 * const store: Store<null> = {
 *   versioned: true,
 *   read: async () => {
 *     const { version, owner } = await get('/records/7');
 *     return { parts: new Map([['owner', owner]]), version, raw: null };
 *   },
 *   write: async (delta, { version }) => {
 *     const owner = delta.get('owner')?.to;
 *     const reply = await put('/records/7', { owner, version });
 *     if (reply.status === 409) {
 *       throw new StoreError('The record has moved on.', { kind: 'conflict', namesVersion: true });
 *     }
 *     return {};
 *   },
 * };
 *
 * // A change is a pure function. It runs again on each fresh snapshot. That others may have made the
 * // same claim is what `conditional` says: after a lost reply, no content proves that it was ours.
 * const claim: Change<null, string> = {
 *   idempotent: true,
 *   conditional: true,
 *   apply: ({ parts }) => {
 *     const owner = textOf(parts, 'owner');
 *     if (owner === 'us') return { kind: 'unchanged', note: 'ours already', restsOn: ['owner'] };
 *     if (owner !== '') return { kind: 'refused', reason: `It belongs to ${owner}.` };
 *     return { kind: 'write', delta: new Map([['owner', { from: null, to: 'us' }]]), note: 'claimed' };
 *   },
 * };
 *
 * const { outcome, attempts } = await lanes.update(
 *   () => Promise.resolve({ key: 'record 7', store }),
 *   claim,
 *   {
 *     maxAttempts: 30,
 *     totalTimeoutMs: 30_000,
 *     requestTimeoutMs: 10_000,
 *     backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }),
 *   },
 *   signal,
 * );
 * ```
 *
 * `docs/architecture.md` says how it works inside.
 *
 * @module
 */
export { type Backoff, strategies, type StrategyName } from './backoff';
export { onAbort, SharedListeners } from './cancellation';
export { type Change, isSetByOthers, type Verdict, type View } from './change';
export { type Clock, type Random, systemClock } from './clock';
export type { Target } from './gathering/gathering';
export { Lanes } from './lanes';
export { type Delta, difference, isSameText, type PartChange, type Parts, textOf } from './parts';
export {
  type Admission,
  type Failure,
  isAbsent,
  type Locate,
  type LocateLimits,
  type Located,
  NONE_YET,
  type Permit,
  type ReadSnapshot,
  type Receipt,
  type RequestLimits,
  type SharedReads,
  type Snapshot,
  type Store,
  StoreError,
  type TimedSnapshot,
} from './store';
export type { Altered, Superseded, UpdatePolicy, UpdateResult } from './update-types';
export { type Stands, type Story, UpdateError, type UpdateErrorReason } from './update-error';
