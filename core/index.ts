export { type Backoff, strategies, type StrategyName } from './backoff';
export type { Change, Reads, Verdict } from './change';
export { onAbort } from './cancellation';
export { type Clock, type Random, systemClock } from './clock';
export { Lanes } from './lanes';
export {
  type Admission,
  type Failure,
  type Locate,
  type LocateLimits,
  type Located,
  type Permit,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
  StoreError,
  type TimedSnapshot,
  type Visibility,
} from './store';
export type { UpdatePolicy, UpdateResult } from './update-types';
export { type Story, UpdateError, type UpdateErrorReason } from './update-error';
