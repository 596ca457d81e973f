import TestRunner from 'jest-runner';

/** Runs no more test files once a test has failed: one is enough to notice a mutant, and Stryker does not have Jest stop. */
export default class BailingRunner extends TestRunner {
  async runTests(tests, watcher, options) {
    const stopListening = this.on('test-file-success', ([, { numFailingTests }]) => {
      if (numFailingTests > 0) watcher.setState({ interrupted: true });
    });
    try {
      await super.runTests(tests, watcher, options);
    } finally {
      stopListening();
    }
  }
}
