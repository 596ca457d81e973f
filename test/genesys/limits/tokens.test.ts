import { describe, expect, it } from '@jest/globals';

import type { Permit } from '../../../core';
import { KindLimits } from '../../../genesys/limits/kind-limits';
import { Limits } from '../../../genesys/limits/limits';
import type { TokenPermit } from '../../../genesys/limits/permit-queue';
import { genesysErrorThrownBy } from '../transport/errors';
import { VirtualClock } from '../../core/virtual-clock';

const { signal: never } = new AbortController();
const unknown = { count: undefined, allowed: undefined, resetMs: undefined };

function setUp(requestsPerMinute: number, tokens: number) {
  const clock = new VirtualClock();
  const limits = new Limits(requestsPerMinute, clock, tokens);
  /** Sends as many as the permit is for, all answered at once, and tells with which token and when. */
  const send = async (requests = 1): Promise<readonly [token: number, at: number]> => {
    const permit = await limits.permit(requests, never);
    spend(permit);
    return [permit.budget, clock.now()];
  };
  return { clock, limits, send };
}

function spend(permit: Permit): void {
  for (let answered = permit.use(); answered; answered = permit.use()) answered();
}

function times<Result>(count: number, action: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, action));
}

describe('Three tokens', () => {
  it('send three times the requests a minute, spread evenly', async () => {
    const { clock, send } = setUp(2, 3);
    expect(await clock.run(times(8, send))).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [0, 0],
      [1, 0],
      [2, 0],
      [0, 60_000],
      [1, 60_000],
    ]);
  });

  it('each have all requests of a cycle, or none', async () => {
    const { clock, send } = setUp(3, 3);
    expect(await clock.run(times(4, () => send(2)))).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      // Each has one left, which is not enough.
      [0, 60_000],
    ]);
  });

  it('let go by themselves, soonest first', async () => {
    const { clock, send } = setUp(1, 3);
    const sent = async () => {
      const first = [];
      for (let token = 0; token < 3; token++) {
        first.push(await send());
        await clock.sleep(10_000);
      }
      return [...first, ...(await times(3, send))];
    };
    expect(await clock.run(sent())).toEqual([
      [0, 0],
      [1, 10_000],
      [2, 20_000],
      [0, 60_000],
      [1, 70_000],
      [2, 80_000],
    ]);
  });

  it('leave one alone while it is quiet, which is signed in already', async () => {
    const { clock, send } = setUp(10, 3);
    const sent = async () => {
      const used = [];
      for (let turn = 0; turn < 3; turn++) {
        used.push((await send())[0]);
        await clock.sleep(60_000);
      }
      return used;
    };
    expect(await clock.run(sent())).toEqual([0, 0, 0]);
  });

  it('get back each what was not used of it', async () => {
    const { clock, limits, send } = setUp(1, 3);
    const held = await clock.run(times(3, () => limits.permit(1, never)));
    clock.at(5000, () => {
      held[1]?.giveBack();
    });
    expect(await clock.run(send())).toEqual([1, 5000]);
  });

  it('are waited for in one queue: first come, first served, the urgent before all others', async () => {
    const { clock, limits, send } = setUp(2, 3);
    await clock.run(times(6, send));
    const order: string[] = [];
    const ask = async (name: string, permit: Promise<TokenPermit>) => {
      spend(await permit);
      order.push(name);
    };
    await clock.run(
      Promise.all([
        ask('large', limits.permit(2, never)),
        ask('small', limits.permit(1, never)),
        ask('last', limits.permit(1, never)),
        ask('urgent', limits.urgentPermit(1, never)),
      ]),
    );
    expect(order).toEqual(['urgent', 'large', 'small', 'last']);
  });
});

describe('One token that is asked to wait', () => {
  it('waits alone, and then takes part again, spaced', async () => {
    const { clock, limits, send } = setUp(60, 3);
    limits.close(5000, 1);
    const sent = async () => {
      const used = [];
      for (let second = 0; second < 9; second++) {
        used.push((await times(3, send)).map(([token]) => token));
        await clock.sleep(1000);
      }
      return used;
    };
    const used = await clock.run(sent());
    expect(used.slice(0, 5).flat()).not.toContain(1);
    // One a second leaves it in the minute after that.
    for (const second of used.slice(5)) expect(second.filter((token) => token === 1)).toEqual([1]);
    expect(limits.isClosed(1)).toBe(false);
  });

  it('closes the client to nobody', () => {
    const { limits } = setUp(60, 3);
    limits.close(5000, 1);
    expect([0, 1, 2].map((token) => limits.isClosed(token))).toEqual([false, true, false]);
    expect(limits.closed()).toBeUndefined();
    expect(limits.isRecovering).toBe(false);
    expect(limits.closedForMs(0)).toBe(0);
  });

  it('closes it, for the shortest wait of all, where the others wait too', async () => {
    const { clock, limits, send } = setUp(60, 3);
    limits.close(30_000, 0);
    limits.close(2000, 1);
    limits.close(9000, 2);
    expect(limits.closed()?.failure).toEqual({ kind: 'throttled', retryAfterMs: 2000 });
    expect(limits.closedForMs(1)).toBe(9000);
    expect(await clock.run(send())).toEqual([1, 2000]);
    expect(limits.closed()).toBeUndefined();
  });

  it('has nobody wait for it who can go with another sooner', async () => {
    const { clock, limits, send } = setUp(1, 2);
    await clock.run(send());
    limits.close(90_000, 1);
    expect(await clock.run(send())).toEqual([0, 60_000]);
  });

  it('has no other where it is the only one', () => {
    expect(setUp(1, 1).limits.closedForMs(0)).toBe(Infinity);
  });

  it('and the others with it, where all are', async () => {
    const { clock, limits, send } = setUp(60, 3);
    limits.close(4000);
    expect(limits.closed()?.failure).toMatchObject({ retryAfterMs: 4000 });
    expect(await clock.run(send())).toEqual([0, 4000]);
  });
});

describe('What the server tells of its count', () => {
  it('is about the token that it was told to', async () => {
    const { clock, limits, send } = setUp(3, 2);
    limits.heed({ ...unknown, allowed: 1 }, 1);
    expect(await clock.run(times(5, send))).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [1, 0],
      [0, 60_000],
    ]);
  });

  it('closes that token when its count is full', () => {
    const { limits } = setUp(100, 2);
    limits.heed({ count: 100, allowed: 100, resetMs: 5000 }, 1);
    expect([limits.isClosed(0), limits.isClosed(1)]).toEqual([false, true]);
  });

  it('of one kind of request holds back that kind with that token alone', () => {
    const { clock, limits } = setUp(100, 2);
    const [one, other] = [0, 1].map((token) => new KindLimits(limits, clock, token));
    other?.heed('GET /one', { count: 20, allowed: 20, resetMs: 5000 }, true);
    expect(
      genesysErrorThrownBy(() => {
        other?.check('GET /one');
      }).details,
    ).toMatchObject({ kind: 'throttled', retryAfterMs: 5000 });
    one?.check('GET /one');
    other?.heed('PUT /one', { count: 20, allowed: 20, resetMs: 5000 }, true);
    expect([limits.isClosed(0), limits.isClosed(1)]).toEqual([false, true]);
  });
});

describe('A token that is not to be had', () => {
  it('is done without for a while, and nothing is spaced after that as after a 429', async () => {
    const { clock, limits, send } = setUp(2, 2);
    limits.doWithout(1, 10_000);
    expect([limits.isClosed(0), limits.isClosed(1), limits.isRecovering]).toEqual([
      false,
      true,
      false,
    ]);
    expect(await clock.run(times(5, send))).toEqual([
      [0, 0],
      [0, 0],
      [1, 10_000],
      [1, 10_000],
      [0, 60_000],
    ]);
  });
});

describe('How many tokens there are', () => {
  it('may be raised while somebody waits', async () => {
    const { clock, limits, send } = setUp(1, 1);
    clock.at(500, () => {
      limits.tokens = 2;
    });
    expect(await clock.run(times(3, send))).toEqual([
      [0, 0],
      [1, 500],
      [0, 60_000],
    ]);
  });

  it('may be lowered, and what was sent with the others still counts when they are back', async () => {
    const { clock, limits, send } = setUp(1, 2);
    await clock.run(times(2, send));
    limits.tokens = 1;
    expect(limits.tokens).toBe(1);
    clock.at(1000, () => {
      limits.tokens = 2;
    });
    expect(await clock.run(times(3, send))).toEqual([
      [0, 60_000],
      [1, 60_000],
      [0, 120_000],
    ]);
  });
});

describe('What is sent about one thing, with several tokens', () => {
  /** Sends pairs of requests about one record, and tells when the last of them went. */
  const pairs = async ({ clock, limits }: ReturnType<typeof setUp>, count: number) => {
    const at: number[] = [];
    for (let turn = 0; turn < count; turn++) {
      spend(await limits.about('record').permit(2, never));
      at.push(clock.now());
    }
    return at.slice(-5);
  };

  it('is spaced as with a single one that has the budget of all', async () => {
    const three = setUp(100, 3);
    expect(await three.clock.run(pairs(three, 80))).toEqual([0, 2000, 4000, 6000, 8000]);
    const one = setUp(300, 1);
    expect(await one.clock.run(pairs(one, 80))).toEqual([0, 2000, 4000, 6000, 8000]);
  });

  it('leaves something of what is left while one of them waits', async () => {
    const two = setUp(150, 2);
    two.limits.close(600_000, 1);
    // Half of 150 is used up after 76 requests; a fifth of 150 a minute is two in four seconds.
    expect(await two.clock.run(pairs(two, 42))).toEqual([0, 4000, 8000, 12_000, 16_000]);
  });

  it('is held with all of them', async () => {
    const { clock, limits } = setUp(10, 3);
    clock.at(100, limits.hold('record'));
    const held = times(3, async () => {
      const { budget } = await limits.about('record').permit(1, never);
      return [budget, clock.now()];
    });
    expect(await clock.run(held)).toEqual([
      [0, 100],
      [1, 100],
      [2, 100],
    ]);
  });
});
