import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

import { readOptions } from '../../simulator/main-options';
import { simulatorForEachTest } from '../engine/set-up';
import { commandsOf, stepsOf, wordsOf } from './commands';

const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const commands = [...new Set(pages.flatMap((page) => commandsOf(read(page))))];

/** A curl line for the simulator, and flags for it, are tried here. */
const isTriedHere = (command: string) =>
  command.startsWith('curl URL/') ||
  command.startsWith('curl -X PATCH URL/') ||
  command.startsWith('npm run simulator -- ');

/** Which test runs a command, and by which words there. */
const BY_TEST: Readonly<Record<string, readonly [test: string, words: string]>> = {
  'npm run n8n': ['e2e/tests/start.test.ts', "'run', '--silent', 'n8n'"],
  'npm run n8n -- --port 5680': ['e2e/tests/start.test.ts', "'--port'"],
  'npm run simulator': ['test/simulator/main.test.ts', 'simulator/main.ts'],
  'npm pack': ['e2e/tests/install.test.ts', 'packPackage'],
  'npm install --prefix ~/.n8n/nodes --legacy-peer-deps ./n8n-nodes-genesys-cloud-0.1.0.tgz': [
    'e2e/tests/install.test.ts',
    'installPackage',
  ],
  'node scripts/check-release.mjs v0.1.0': [
    'test/release/check-release.test.ts',
    'scripts/check-release.mjs',
  ],
};

/** What nothing runs, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm test -- test/core': 'a part of npm test',
  'npm run test:e2e -- webhooks': 'a part of npm run test:e2e',
  'RUNS_SEED=$RANDOM npm test -- test/core/unclean': 'plays other cases each time',
  'npm run bench': 'takes some minutes; .ci/run has it with --quick',
  'npm run mutation': 'takes half an hour and more',
  'npm run mutation -- --mutate core/gathering/crowd.ts': 'takes minutes',
  'npm publish --access public': 'publishes',
  'npm uninstall --prefix ~/.n8n/nodes n8n-nodes-genesys-cloud': "needs somebody's n8n",
};

const steps = stepsOf(read('.ci/run'));

/** Those that nothing runs and for which no reason is given. */
function unaccounted(of: readonly string[]): readonly string[] {
  return of.filter(
    (one) => !steps.has(one) && !isTriedHere(one) && !(one in BY_TEST) && !(one in NOT_RUN),
  );
}

describe('The commands of the pages', () => {
  it('are run by the gate or by a test, or have a reason why they are not', () => {
    expect(commands.length).toBeGreaterThan(20);
    expect(unaccounted(commands)).toEqual([]);
  });

  it('would be missed: one that is new, in a block, in its comment and in running text', () => {
    const block =
      '```sh\nnpm ci && npm run new  # or: npm run new -- --other\n./new.sh \\\n  now\n```';
    const page = `${block}\nThen \`npm run newer\`, or \`npm run bench -- --long\`; not \`npm run\`.`;
    expect(unaccounted(commandsOf(page))).toEqual([
      'npm run new',
      'npm run new -- --other',
      './new.sh    now',
      'npm run newer',
      'npm run bench -- --long',
    ]);
  });

  it('are counted as run by the gate only where it runs them, and with these arguments', () => {
    const script = "step 'npm run a'\n# npm run b\ntimeout 20m npm run c -- --ci\nnpm run d -- -x";
    expect(stepsOf(script)).toEqual(new Set(['npm run c', 'npm run d -- -x']));
  });

  it.each(Object.entries(BY_TEST))('are run by a test that is there: %s', (_, [test, words]) => {
    expect(read(test)).toContain(words);
  });

  it('are all that is listed here', () => {
    const listed = [...Object.keys(BY_TEST), ...Object.keys(NOT_RUN)];
    expect(listed.filter((one) => !commands.includes(one) || steps.has(one))).toEqual([]);
  });
});

describe('A command for the simulator', () => {
  const simulator = simulatorForEachTest();

  it.each(commands.filter((command) => command.startsWith('curl ')))(
    'does it: %s',
    async (line) => {
      const { conversationId } = simulator.current.addCall();
      const real = line
        .replace('URL', simulator.current.url)
        .replace('CONVERSATION', conversationId);
      const [program = '', ...words] = wordsOf(real);
      const args = ['--silent', '--show-error', '--fail', ...words];
      const { stdout } = await promisify(execFile)(program, args);
      expect(JSON.parse(stdout)).toBeInstanceOf(Object);
    },
  );

  it.each(commands.filter((command) => command.startsWith('npm run simulator -- ')))(
    'has flags that it takes: %s',
    (line) => {
      const [, , , , ...flags] = wordsOf(line);
      expect(() => readOptions(flags, {})).not.toThrow();
    },
  );
});
