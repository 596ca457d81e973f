import TestSequencer from '@jest/test-sequencer';
import { basename } from 'node:path';

import { rank } from './test-memory.mjs';

/** Runs the tests of the mutated file first, then those that are likely to notice the mutant soon. */
export default class LikeliestFirst extends TestSequencer {
  constructor(options) {
    super(options);
    this.mutated = options.globalConfig.nonFlagArgs.map((file) => basename(file, '.ts'));
  }

  sort(tests) {
    return tests
      .map((test) => ({ test, rank: this.isOfMutated(test) ? -Infinity : rank(test.path) }))
      .sort((one, other) => (one.rank < other.rank ? -1 : Number(one.rank > other.rank)))
      .map(({ test }) => test);
  }

  /** By its name, or the first words of it where a file has several tests. */
  isOfMutated({ path }) {
    const name = basename(path, '.test.ts');
    return this.mutated.some((file) => name === file || name.startsWith(`${file}-`));
  }
}
