import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import { Update } from '../../core/update/update';
import { play } from '../core/history/arena';
import { right } from '../core/history/implementation';
import { play as playPatched } from '../core/history/patch/arena';
import { patchScenarios } from '../core/history/patch/scenario';
import { uncleanScenarios } from '../core/history/unclean-scenario';
import { right as rightByPatch } from '../genesys/stores/patch-updates';

const page = readFileSync(join(__dirname, '../../docs/architecture.md'), 'utf8');

/** The moves that the page draws, as "waiting --> reading". */
function drawn(): ReadonlySet<string> {
  const [, drawing = ''] = /stateDiagram-v2\n(.*?)```/s.exec(page) ?? [];
  const moves = [...drawing.matchAll(/(\w+ --> \w+):/g)].map(([, move = '']) => move);
  return new Set(moves);
}

/** What takes more than the runs below: a look-up that fails, a record that is written in another way, a reply that shows half. */
const RARE = [
  'confirming --> locating',
  'confirming --> waiting',
  'reading --> locating',
  'waiting --> locating',
];

describe('The phases of an update', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('are drawn with all moves from one to another that happen, and with no others', async () => {
    const moves = new Set<string>();
    const moveTo = Object.getOwnPropertyDescriptor(Update.prototype, 'moveTo')?.value as Update<
      unknown,
      unknown
    >['moveTo'];
    jest.spyOn(Update.prototype, 'moveTo').mockImplementation(function (
      this: Update<unknown, unknown>,
      phase,
    ) {
      if (this.phase.kind !== phase.kind) moves.add(`${this.phase.kind} --> ${phase.kind}`);
      moveTo.call(this, phase);
    });
    await fc.assert(
      fc.asyncProperty(uncleanScenarios, patchScenarios, async (versioned, patched) => {
        await play(versioned, right);
        await playPatched(patched, rightByPatch);
      }),
      { numRuns: 200, seed: 1 },
    );
    // From every phase to the end, as the text says; and nothing follows that.
    const happened = [...moves].filter((move) => !/^ended |^locating --> ended/.test(move));
    expect(happened.filter((move) => !drawn().has(move))).toEqual([]);
    expect([...drawn()].filter((move) => !moves.has(move)).toSorted()).toEqual(RARE);
  });
});
