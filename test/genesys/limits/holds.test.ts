import { describe, expect, it } from '@jest/globals';

import { Holds } from '../../../genesys/limits/holds';

const { signal } = new AbortController();

describe('What is held', () => {
  it('is forgotten when the last one has let go, however often', async () => {
    const holds = new Holds();
    const [one, other] = [holds.hold('key'), holds.hold('key')];
    one();
    one();
    expect(holds.size).toBe(1);
    other();
    expect(holds.size).toBe(0);
    await holds.released('key', signal);
  });

  it('stays held by whoever has come since, whatever earlier ones do', () => {
    const holds = new Holds();
    const earlier = holds.hold('key');
    earlier();
    const later = holds.hold('key');
    earlier();
    expect(holds.size).toBe(1);
    later();
    expect(holds.size).toBe(0);
  });
});
