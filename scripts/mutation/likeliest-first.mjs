import TestSequencer from '@jest/test-sequencer';
import { statSync } from 'node:fs';
import { basename } from 'node:path';

/** Their properties take many runs, or they speak HTTP. */
const SLOW = /combining|adaptive|history|model|interleavings|stores/;

/** Runs the tests of the mutated file first, then small files, then slow ones: most mutants are noticed early. */
export default class LikeliestFirst extends TestSequencer {
  constructor(options) {
    super(options);
    this.mutated = options.globalConfig.nonFlagArgs.map((file) => basename(file, '.ts'));
  }

  sort(tests) {
    return tests
      .map((test) => ({ test, rank: this.rank(test.path) }))
      .sort((one, other) => one.rank - other.rank)
      .map(({ test }) => test);
  }

  rank(path) {
    if (this.mutated.includes(basename(path, '.test.ts'))) return 0;
    const { size } = statSync(path);
    return SLOW.test(path) ? 1_000_000 + size : size;
  }
}
