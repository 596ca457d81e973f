export { type Backoff, strategies, type StrategyName } from './backoff';
export { onAbort } from './cancellation';
export { type Change, isSetByOthers, type Verdict, type View } from './change';
export { type Clock, type Random, systemClock } from './clock';
export { Lanes } from './lanes';
export { type Delta, isSameText, type PartChange, type Parts, textOf } from './parts';
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
} from './store';
export type { UpdatePolicy, UpdateResult } from './update-types';
export { type Story, UpdateError, type UpdateErrorReason } from './update-error';
