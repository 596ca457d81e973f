/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // A busy machine is no failure.
  testTimeout: 30_000,
  setupFiles: ['<rootDir>/test/seed.ts'],
  transform: { '\\.ts$': ['ts-jest', { diagnostics: false }] },
};
