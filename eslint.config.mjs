import js from '@eslint/js';
import communityNodes from '@n8n/eslint-plugin-community-nodes';
import tseslint from 'typescript-eslint';

// The rules for nodes that run on self-hosted n8n: what only n8n's hosted verification asks for
// (no imports or globals beyond a short list) is not part of it.
const n8n = communityNodes.configs.recommendedWithoutN8nCloudSupport;

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'tmp/'] },
  {
    files: ['**/*.ts'],
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
  { files: ['nodes/**/*.ts', 'credentials/**/*.ts'], extends: [n8n] },
  {
    files: ['package.json'],
    extends: [n8n],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { extraFileExtensions: ['.json'] },
    },
    rules: {
      // undici, p-retry and zod are what this package is built on; n8n installs them with it.
      '@n8n/community-nodes/no-runtime-dependencies': 'off',
      // There is no home page yet, and none is better than one that does not answer.
      '@n8n/community-nodes/require-homepage': 'off',
    },
  },
);
