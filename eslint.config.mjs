import js from '@eslint/js';
import communityNodes from '@n8n/eslint-plugin-community-nodes';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

// The rules for nodes that run on self-hosted n8n: what only n8n's hosted verification asks for
// (no imports or globals beyond a short list) is not part of it.
const n8n = communityNodes.configs.recommendedWithoutN8nCloudSupport;

// What each room may import, besides itself and what comes with Node: nothing else, not even a type.
// A room that is not in this list is not shipped and imports what it likes.
const mayImport = {
  nodes: { rooms: ['genesys', 'core'], packages: ['n8n-workflow', 'zod'] },
  credentials: { rooms: ['genesys'], packages: ['n8n-workflow'] },
  genesys: { rooms: ['core'], packages: ['undici', 'zod', 'proxy-from-env'] },
  core: { rooms: [], packages: ['p-retry'] },
  // Not shipped, but here all the same: a bug that it shared with genesys/ would hide itself.
  simulator: { rooms: [], packages: ['zod'] },
};

// What each wing of a room may import of the others there.
const wings = {
  // The client, at the top of the room, joins the two at the bottom.
  genesys: {
    transport: [],
    limits: ['transport'],
    'client.ts': ['limits', 'transport'],
    conversations: ['client.ts', 'limits', 'transport'],
    stores: ['conversations', 'client.ts', 'limits', 'transport'],
    'shared.ts': ['stores', 'conversations', 'client.ts', 'limits', 'transport'],
  },
  // What all nodes share knows none of them.
  nodes: {
    parameters: [],
    credential: ['parameters'],
    failure: ['parameters'],
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'tmp/'] },
  {
    // A browser runs the page as it is written; its types are in comments.
    files: ['**/*.ts', 'simulator/window/page/*.js'],
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A number reads the same in a template as it does anywhere else.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // The compiler asks for brackets where a key is not declared (noPropertyAccessFromIndexSignature).
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `this: void` says that a function member may be taken out of its object.
      '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
      // An awaited return keeps the function in the stack trace.
      '@typescript-eslint/return-await': ['error', 'always'],
    },
  },
  {
    // What one reader can hold in the head.
    files: ['core/**/*.ts'],
    rules: { 'max-lines': ['error', 250], 'max-lines-per-function': ['error', 50] },
  },
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        // What it does not find is let through: it has to know every spelling that the compiler takes.
        createNodeResolver({
          extensions: ['.ts', '.js', '.json'],
          extensionAlias: { '.js': ['.ts', '.js'] },
        }),
      ],
    },
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: [
            ...Object.entries(mayImport).map(([room, { rooms, packages }]) => ({
              target: room,
              from: '.',
              except: [room, ...rooms, ...packages.map((name) => `node_modules/${name}`)],
              message: `${room}/ may import only ${[room, ...rooms, ...packages].join(', ')}.`,
            })),
            ...Object.entries(wings).flatMap(([room, ofRoom]) =>
              Object.entries(ofRoom).map(([wing, below]) => ({
                target: `${room}/${wing}`,
                from: room,
                except: [wing, ...below],
                message: `Of ${room}/, ${wing} may import only ${[wing, ...below].join(', ')}.`,
              })),
            ),
          ],
        },
      ],
      // The rule above does not see import('...') where it stands for a type.
      'no-restricted-syntax': [
        'error',
        { selector: 'TSImportType', message: 'Import it at the top of the file.' },
      ],
    },
  },
  { files: ['nodes/**/*.ts', 'credentials/**/*.ts'], extends: [n8n] },
  {
    files: ['package.json'],
    extends: [n8n],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { extraFileExtensions: ['.json'] },
    },
    rules: {
      // undici, p-retry, proxy-from-env and zod are what this package is built on; n8n installs them with it.
      '@n8n/community-nodes/no-runtime-dependencies': 'off',
      // There is no home page yet, and none is better than one that does not answer.
      '@n8n/community-nodes/require-homepage': 'off',
    },
  },
);
