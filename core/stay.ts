import type { Home } from './phase';
import type { StoreError } from './store';

/** The stay of an update in the lane of its record: none, until that has been found. */
export class Stay {
  home: Home | undefined;
  private leaving = Promise.withResolvers<StoreError | undefined>();

  /** @returns when it is over: with the failure that says that the record is elsewhere, if one does */
  async begin(home: Home): Promise<StoreError | undefined> {
    this.home = home;
    return await this.leaving.promise;
  }

  end(elsewhere?: StoreError): void {
    this.home = undefined;
    this.leaving.resolve(elsewhere);
    this.leaving = Promise.withResolvers();
  }
}
