import type { StoreError } from '../store';
import type { PhaseKind } from './phase';

/** The lane of an update, as the update sees it. */
export interface Home {
  /** Told of each move from one phase to the next, and of a wish to leave during a write. */
  moved(from: PhaseKind): void;
  /** The failure that a request would meet now. */
  closed(): StoreError | undefined;
  /** Whether a failure says that the record is to be found anew. */
  isElsewhere(error: StoreError): boolean;
}

/** The stay of an update in the lane of its record: none, until that has been found. */
export class Stay {
  home: Home | undefined;
  private leave: ((elsewhere?: StoreError) => void) | undefined;

  /** @returns when it is over: with the failure that says that the record is elsewhere, if one does */
  async begin(home: Home): Promise<StoreError | undefined> {
    this.home = home;
    const { promise, resolve } = Promise.withResolvers<StoreError | undefined>();
    this.leave = resolve;
    return await promise;
  }

  end(elsewhere?: StoreError): void {
    this.home = undefined;
    this.leave?.(elsewhere);
  }
}
