import type { Home } from './phase';
import type { StoreError } from './store';

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
