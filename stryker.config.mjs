// Each mutant meets every test that covers it: a share of the runs of each property will do.
process.env.RUNS_SHARE ??= '0.03';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['core/**/*.ts'],
  testRunner: 'jest',
  jest: {
    config: {
      // core too: without it the mutants of core/backoff find no related tests, and survive.
      roots: ['<rootDir>/core', '<rootDir>/test/core'],
      // They test the checkers, or the core in another process.
      testPathIgnorePatterns: ['history-checkers', 'history-mistakes', 'idle'],
    },
  },
  // As in the script "test".
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  ignorePatterns: ['coverage', 'dist', 'tmp'],
  tempDirName: 'tmp/stryker',
  reporters: ['clear-text', 'html'],
  clearTextReporter: { logTests: false, reportTests: false },
  htmlReporter: { fileName: 'tmp/mutation/index.html' },
  incrementalFile: 'tmp/mutation/incremental.json',
  thresholds: { high: 100, low: 95, break: 95 },
};
