export { type Backoff, strategies, type StrategyName } from './backoff';
export type { Change, Verdict } from './change';
export { type Clock, type Random, systemClock } from './clock';
export {
  type Failure,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
  StoreError,
  type Visibility,
} from './store';
export { update } from './update';
export type { UpdatePolicy, UpdateResult } from './update-types';
export { type Story, UpdateError, type UpdateErrorReason } from './update-error';
