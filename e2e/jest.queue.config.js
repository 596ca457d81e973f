const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  roots: ['<rootDir>/e2e/queue'],
  // Jobs of a worker that is gone are found by n8n after a minute and a half.
  testTimeout: 400_000,
};
