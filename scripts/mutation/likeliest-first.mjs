import TestSequencer from '@jest/test-sequencer';
import { basename } from 'node:path';

import { rank } from './test-memory.mjs';

/** Runs the tests of the mutated file first, then those that are likely to notice the mutant soon. */
export default class LikeliestFirst extends TestSequencer {
  constructor(options) {
    super(options);
    this.mutated = options.globalConfig.nonFlagArgs.map(
      (file) => `${basename(file, '.ts')}.test.ts`,
    );
  }

  sort(tests) {
    return tests
      .map((test) => ({ test, rank: this.isOfMutated(test) ? -Infinity : rank(test.path) }))
      .sort((one, other) => (one.rank < other.rank ? -1 : Number(one.rank > other.rank)))
      .map(({ test }) => test);
  }

  isOfMutated({ path }) {
    return this.mutated.includes(basename(path));
  }
}
