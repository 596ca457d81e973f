import { describe, expect, it } from '@jest/globals';

import { UpdateQueue } from '../../../core/lane/update-queue';
import { type Updating, updating } from '../cycle/updating';
import { VirtualClock, withoutTimers } from '../virtual-clock';

/** What an update wants to write, when it may go, and with how many others, itself included. */
interface Waiting {
  readonly names?: readonly string[];
  readonly notBefore?: number;
  readonly largestBatch?: number;
}

/** A queue in which these wait, in the order in which they have come. */
function waiting(some: readonly Waiting[]) {
  const clock = new VirtualClock();
  const queue = new UpdateQueue<null, string>();
  const updates = some.map((_, arrival) => updating(clock, undefined, { arrival }));
  some.forEach(({ largestBatch, names = [], notBefore = 0 }, index) => {
    const update = updates[index];
    if (!update) return;
    queue.noteWanted([{ update, names }]);
    if (largestBatch !== undefined) queue.limitBatch(update, largestBatch);
    update.moveTo({ kind: 'waiting', notBefore });
  });
  // Who tries again is added after those who have come later.
  for (const update of updates.toReversed()) queue.add(update);
  const places = (all: Iterable<Updating>) => [...all].map((update) => updates.indexOf(update));
  return {
    queue,
    updates,
    /** Who goes at a time, by place. */
    take: (now: number, probes: readonly number[] = []) =>
      places(queue.take(now, new Set(probes.flatMap((place) => updates[place] ?? [])))),
  };
}

const LIMITED = { largestBatch: 10 };

describe('The updates that wait', () => {
  it('are counted until they leave', () => {
    const { queue, updates } = waiting([{}, {}]);
    expect(queue.size).toBe(2);
    for (const update of updates) queue.delete(update);
    expect([queue.size, queue.dueAt]).toEqual([0, Infinity]);
  });

  it('may go when the first of them may, and then take part in a cycle, in order of arrival', () => {
    const { queue, take, updates } = waiting([{ notBefore: 50 }, { notBefore: 20 }, {}]);
    expect(queue.dueAt).toBe(0);
    expect(take(0)).toEqual([0, 1, 2]);
    expect(updates.map(({ phase }) => phase.kind)).toEqual(['reading', 'reading', 'reading']);
  });

  it('go together though they want to write the same, where none has a limit', () => {
    const { queue, take } = waiting([{ names: ['p'], notBefore: 50 }, { names: ['p'] }]);
    expect(queue.dueAt).toBe(0);
    expect(take(0)).toEqual([0, 1]);
  });

  it.each([
    [2000, 2000],
    [2001, 2000],
  ])('where they are %d, go as %d, those first who have come first', (count, expected) => {
    const { take } = waiting(Array.from({ length: count }, () => ({})));
    expect(take(0)).toEqual(Array.from({ length: expected }, (_, index) => index));
  });

  it.each([
    [2001, 2001, 2000],
    [2001, 1999, 1999],
  ])('where they are %d with a limit of %d, go as %d', (count, largestBatch, expected) => {
    const { take } = waiting(Array.from({ length: count }, () => ({ largestBatch })));
    expect(take(0)).toHaveLength(expected);
  });

  it('end where their time is up, whatever their timers do', () => {
    const clock = new VirtualClock();
    const queue = new UpdateQueue<null, string>();
    const late = updating(withoutTimers(clock), undefined, { totalTimeoutMs: 0 });
    late.moveTo({ kind: 'waiting', notBefore: 0 });
    queue.add(late);
    queue.take(0, new Set());
    expect(late.phase.kind).toBe('ended');
  });
});

describe('Where one of them has a limit', () => {
  it.each<[string, readonly Waiting[], readonly number[]]>([
    ['no more go than it allows', [{ largestBatch: 2 }, {}, {}], [0, 1]],
    [
      'the others go without it, where it would not allow so many',
      [{}, {}, { largestBatch: 2 }],
      [0, 1],
    ],
    ['it goes first of all, where it allows nobody else', [{ largestBatch: 1 }, {}], [0]],
    ['each waits for its own time', [LIMITED, { notBefore: 1 }, {}], [0, 2]],
    [
      'who wants to write the same as one who waits for its time goes after that',
      [{ ...LIMITED, names: ['p'], notBefore: 1 }, { names: ['q', 'p'] }, { names: ['q'] }, {}],
      [3],
    ],
    [
      'who wants to write something else goes before that',
      [{ ...LIMITED, names: ['p'], notBefore: 1 }, { names: ['q'] }],
      [1],
    ],
    [
      'who wants to write the same goes together with one whose time has come',
      [{ ...LIMITED, names: ['p'] }, { names: ['p'] }],
      [0, 1],
    ],
  ])('%s', (_, some, expected) => {
    expect(waiting(some).take(0)).toEqual(expected);
  });

  it('the queue is due when one may go whom nobody holds up', () => {
    const held = [{ ...LIMITED, names: ['p'], notBefore: 50 }, { names: ['p'] }];
    expect(waiting(held).queue.dueAt).toBe(50);
    expect(waiting([...held, { notBefore: 20 }]).queue.dueAt).toBe(20);
  });
});

describe('A probe', () => {
  it.each<[string, readonly Waiting[], readonly number[]]>([
    ['goes first and alone', [{}, LIMITED, {}], [1]],
    ['goes when its time has come', [{}, { ...LIMITED, notBefore: 5 }], [1]],
    ['does not go before its time', [{}, { ...LIMITED, notBefore: 6 }], [0]],
    [
      'goes before one who wants to write something else',
      [{ names: ['p'] }, { ...LIMITED, names: ['q'] }],
      [1],
    ],
    [
      'does not overtake one who wants to write one of its parts',
      [{ names: ['p'] }, { ...LIMITED, names: ['q', 'p'] }],
      [0, 1],
    ],
  ])('%s', (_, some, expected) => {
    expect(waiting(some).take(5, [1])).toEqual(expected);
  });
});

describe('Of those who are planned together', () => {
  /** Two who take part in a cycle, of which the second wants "p", behind one who waits until 50 with "p". */
  function planned(limited: boolean) {
    const { queue, updates } = waiting([
      { names: ['p'], notBefore: 50, ...(limited && LIMITED) },
      {},
      {},
    ]);
    const [, other, behind] = updates;
    if (!other || !behind) throw new Error('Three were to wait.');
    const together = [
      { update: other, names: ['q'] },
      { update: behind, names: ['q', 'p'] },
    ];
    for (const { update } of together) {
      update.moveTo({ kind: 'reading' });
      queue.delete(update);
    }
    return { behind, queue, together };
  }

  it('those let somebody go first who came before them and waits with a part of theirs', () => {
    const { behind, queue, together } = planned(true);
    expect(queue.noteWanted(together)).toEqual([{ update: behind, at: 50, isHeld: true }]);
    expect(queue.wantedBy(behind)).toEqual(['q', 'p']);
  });

  it('none lets anybody go first where nobody has a limit', () => {
    const { queue, together } = planned(false);
    expect(queue.noteWanted(together)).toEqual([]);
  });

  it('none has wanted anything before it is planned', () => {
    const queue = new UpdateQueue<null, string>();
    expect(queue.wantedBy(updating(new VirtualClock()))).toEqual([]);
  });
});
