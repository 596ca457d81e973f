/** @type {import('jest').Config} */
module.exports = {
  rootDir: '..',
  testEnvironment: 'node',
  roots: ['<rootDir>/e2e/tests'],
  testMatch: ['**/*.test.ts'],
  transform: { '\\.ts$': ['ts-jest', { diagnostics: false }] },
  globalSetup: '<rootDir>/e2e/tests/before-all.ts',
  globalTeardown: '<rootDir>/e2e/tests/after-all.ts',
  // Each file has an n8n of its own: two at a time would only slow each other down.
  maxWorkers: 1,
  testTimeout: 120_000,
};
