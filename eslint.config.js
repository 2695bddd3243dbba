import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import { house } from './scripts/lint/house-rules.js';
import { longFiles } from './scripts/lint/layers-table.ts';

const intoThePage = 'Text of documents must never become markup: use {expression} or textContent.';
const htmlProperties = ['innerHTML', 'outerHTML', 'srcdoc'].map((property) => ({ property, message: intoThePage }));
const htmlCalls = ['insertAdjacentHTML', 'createContextualFragment', 'parseFromString', 'setHTMLUnsafe'].map((property) => ({ property, message: intoThePage }));

export default ts.config(
  { ignores: ['out/', 'dist/', 'demo-out/', 'test-results/', 'playwright-report/', '**/*.d.ts'] },
  ...ts.configs.strict,
  ...svelte.configs['flat/recommended'],
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteFeatures: { runes: true } } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // Two lists share one loop body or a key is the position itself: the compiler warns where it matters.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    plugins: { studio: house },
    rules: {
      'studio/layers': 'error',
      'studio/database-files': 'error',
      'max-lines': ['error', { max: 400 }],
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-imports': ['error', { paths: [
        { name: 'node:sqlite', message: 'A second copy of SQLite in one process breaks the locks of the first; better-sqlite3 is the one.' },
        { name: 'node:vm', message: 'Nothing that comes from a file is ever run.' },
      ] }],
      'no-restricted-properties': ['error', ...htmlProperties, ...htmlCalls,
        { property: 'registerCustomOpsLibrary', message: 'A model folder is data: it brings no code.' },
        { object: 'document', property: 'write', message: intoThePage },
        { property: 'sendSync', message: 'A synchronous message stops the window.' },
      ],
      'no-restricted-syntax': ['error',
        { selector: 'MemberExpression[object.name="ipcMain"]', message: 'ipcMain is used in app/main/native-calls.ts only, where the sender is checked.' },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/unified-signatures': 'off',
    },
  },
  {
    // Rules that need types; the renderer's are left to svelte-check, whose program reads .svelte files.
    files: ['app/**/*.ts', 'native-models/**/*.ts', 'e2e/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
    },
  },
  // Modules that Electron preloads by require().
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['app/main/native-calls.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.test.ts'], rules: { '@typescript-eslint/no-unsafe-member-access': 'off', '@typescript-eslint/no-unsafe-argument': 'off', '@typescript-eslint/no-unsafe-return': 'off' } },
  ...Object.keys(longFiles).map((file) => ({ files: [file], rules: { 'max-lines': 'off' } })),
);
