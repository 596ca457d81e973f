import fc from 'fast-check';

/**
 * A commit that is right stays green: every run of the tests plays the same cases. Other cases are
 * played with `RUNS_SEED=$RANDOM npm test -- <file>`.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['RUNS_SEED'] ?? 1) });
