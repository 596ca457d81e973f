// Each mutant meets every test that covers it: a share of the runs of each property will do.
process.env.RUNS_SHARE ??= '0.03';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['core/**/*.ts'],
  testRunner: 'jest',
  jest: {
    config: {
      runner: '<rootDir>/scripts/mutation/bailing-runner.mjs',
      testSequencer: '<rootDir>/scripts/mutation/likeliest-first.mjs',
      // core too: without it the mutants of core/backoff find no related tests, and survive.
      roots: ['<rootDir>/core', '<rootDir>/test/core', '<rootDir>/test/genesys'],
      testPathIgnorePatterns: [
        // The other tests must do without the history checker, whose runs would take most of the time.
        'test/core/(unclean-)?history',
        // They test the checkers.
        'test/core/.*(mistakes|checkers)',
        // Runs the core in another process.
        'idle',
        // Those that are about the core: what updates of attributes do to each other in a lane.
        'test/genesys/(?!stores/(claim|companions|lost-|patch-flips|patch-lane\\.test|superseded))',
      ],
    },
  },
  // As in the script "test".
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  // On a busy machine, slow is not stuck.
  timeoutMS: 30_000,
  concurrency: 2,
  ignorePatterns: ['coverage', 'dist', 'tmp'],
  tempDirName: 'tmp/stryker',
  reporters: ['clear-text', 'html'],
  clearTextReporter: { logTests: false, reportTests: false },
  htmlReporter: { fileName: 'tmp/mutation/index.html' },
  incrementalFile: 'tmp/mutation/incremental.json',
  thresholds: { high: 100, low: 95, break: 95 },
};
