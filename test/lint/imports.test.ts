import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';

import { include as shipped } from '../../tsconfig.build.json';

const shippedNot = ['simulator', 'engine', 'bench', 'demo', 'e2e', 'test', 'examples', 'scripts'];
const rooms = [...shipped, ...shippedNot];
const packages = ['n8n-workflow', 'undici', 'proxy-from-env', 'p-retry', 'zod', 'node:util'];
const everything = [...rooms, ...packages];

const onlyThese: [room: string, mayImport: string[]][] = [
  ['nodes', ['nodes', 'genesys', 'core', 'n8n-workflow', 'zod', 'node:util']],
  ['credentials', ['credentials', 'genesys', 'n8n-workflow', 'node:util']],
  ['genesys', ['genesys', 'core', 'undici', 'proxy-from-env', 'zod', 'node:util']],
  ['core', ['core', 'p-retry', 'node:util']],
  ['simulator', ['simulator', 'zod', 'node:util']],
];
const guarded = onlyThese.map(([room]) => room);

const root = join(__dirname, '../..');
const direction = 'import-x/no-restricted-paths';
const topOfFile = 'no-restricted-syntax';

// The project's own configuration, but for the rules that need types: imagined files have none.
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => ruleId === direction || ruleId === topOfFile,
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

const complaints = async (folder: string, text: string) => {
  const [result] = await eslint.lintText(text, { filePath: join(root, folder, 'imagined.ts') });
  return result?.messages ?? [];
};
const rulesAgainst = async (folder: string, text: string) =>
  (await complaints(folder, text)).map(({ ruleId }) => ruleId);

/** How a file at the top of one room imports from another: an import that leads nowhere is let through. */
const sourceIn = (room: string) => {
  const files = readdirSync(join(root, room), { encoding: 'utf8', recursive: true });
  const file = files.sort().find((name) => /\.(ts|mjs|json)$/.test(name));
  if (file === undefined) throw new Error(`There is nothing to import in ${room}/.`);
  return `../${room}/${file.replace(/\.ts$/, '')}`;
};

/** What a room may import, of everything: one line for each, and the lines nobody complains about. */
const allowedIn = async (room: string) => {
  const lines = everything.map((it) => `import '${rooms.includes(it) ? sourceIn(it) : it}';`);
  const against = await complaints(room, lines.join('\n'));
  expect(against.filter(({ ruleId }) => ruleId !== direction)).toEqual([]);
  return everything.filter((_, index) => !against.some(({ line }) => line === index + 1));
};

describe('Imports go one way', () => {
  it.each(onlyThese)('%s/ may import only %j', async (room, mayImport) => {
    expect(new Set(await allowedIn(room))).toEqual(new Set(mayImport));
  });

  it.each(rooms.filter((room) => !guarded.includes(room)))(
    '%s/ is not shipped and may import everything',
    async (room) => {
      expect(shippedNot).toContain(room);
      expect(await allowedIn(room)).toEqual(everything);
    },
  );

  it.each<[wing: string, below: string[]]>([
    ['transport', []],
    ['limits', ['transport']],
    ['conversations', ['client', 'limits', 'transport']],
    ['stores', ['client', 'conversations', 'limits', 'transport']],
  ])('of genesys/, %s/ may import only itself and %j', async (wing, below) => {
    const wings = {
      client: 'client',
      conversations: 'conversations/ids',
      limits: 'limits/limits',
      shared: 'shared',
      stores: 'stores/write-method',
      transport: 'transport/reply',
    };
    const lines = Object.values(wings).map((path) => `import '../${path}';`);
    const against = await complaints(`genesys/${wing}`, lines.join('\n'));
    const allowed = Object.keys(wings).filter(
      (_, at) => !against.some(({ line }) => line === at + 1),
    );
    expect(allowed).toEqual([...below, wing].sort());
  });

  it.each<[wing: string, below: string[]]>([
    ['parameters', []],
    ['credential', ['parameters']],
    ['failure', ['parameters']],
  ])('of nodes/, %s/ may import only itself and %j, and no node', async (wing, below) => {
    const wings = {
      credential: '../credential/client',
      failure: '../failure/failure',
      node: '../GenesysCloud/hints',
      parameters: '../parameters/gap',
    };
    const lines = Object.values(wings).map((path) => `import '${path}';`);
    const against = await complaints(`nodes/${wing}`, lines.join('\n'));
    const allowed = Object.keys(wings).filter(
      (_, at) => !against.some(({ line }) => line === at + 1),
    );
    expect(allowed).toEqual([...below, wing].sort());
  });

  it.each([
    ['a type', "import type { Simulator } from '../simulator/index';"],
    ['a type among values', "import { type Simulator } from '../simulator/index';"],
    ['something to hand on', "export { Simulator } from '../simulator/index';"],
    ['everything to hand on', "export * from '../simulator/index';"],
    ['when it is needed', "await import('../simulator/index');"],
    ['as CommonJS does', "require('../simulator/index');"],
    ['as TypeScript writes CommonJS', "import simulator = require('../simulator/index');"],
    ['a folder', "import '../simulator';"],
    ['a compiled file', "import '../simulator/index.js';"],
    ['a source file', "import '../simulator/index.ts';"],
  ])('it does not help to import %s', async (_, text) => {
    expect(await rulesAgainst('core', text)).toEqual([direction]);
  });

  it('it does not help to be deep in a room', async () => {
    const text = "import '../../../simulator/index';";
    expect(await rulesAgainst('core/deep/down', text)).toEqual([direction]);
  });

  it('a type is imported at the top of a file, where its direction is looked at', async () => {
    const text = "export type It = import('../simulator/index').Simulator;";
    expect(await rulesAgainst('core', text)).toEqual([topOfFile]);
  });

  it('all files keep to it', async () => {
    const results = await eslint.lintFiles(guarded);
    expect(results.length).toBeGreaterThan(guarded.length);
    expect(
      results.flatMap(({ filePath, messages }) =>
        messages.map(({ line, message }) => `${filePath}:${line} ${message}`),
      ),
    ).toEqual([]);
  });
});
