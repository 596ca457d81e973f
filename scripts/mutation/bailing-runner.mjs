import TestRunner from 'jest-runner';

import { mayHold, remember } from './test-memory.mjs';

/** Runs no more test files once a test has failed: one is enough to notice a mutant, and Stryker does not have Jest stop. Leaves out files none of whose tests is asked for: to load them takes longer than to run the others. */
export default class BailingRunner extends TestRunner {
  constructor(globalConfig, context) {
    super(globalConfig, context);
    this.pattern = new RegExp(globalConfig.testNamePattern ?? '', 'i');
  }

  async runTests(tests, watcher, options) {
    const stopListening = this.on('test-file-success', ([{ path }, result]) => {
      remember(path, result);
      if (result.numFailingTests > 0) watcher.setState({ interrupted: true });
    });
    try {
      await super.runTests(
        tests.filter(({ path }) => mayHold(path, this.pattern)),
        watcher,
        options,
      );
    } finally {
      stopListening();
    }
  }
}
