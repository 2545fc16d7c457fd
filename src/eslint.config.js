// Run from the repository's root: eslint -c src/eslint.config.js src test vite.config.ts
// With -c, the paths below are relative to where ESLint runs, not to this folder.
import { join } from 'node:path';
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

/**
 * The layering: what each folder of src may import besides itself. Nothing points back.
 * `types` is a module of which it may import the types alone.
 */
const layers = {
  views: { may: ['state', 'domain'] },
  state: { may: ['io', 'scenarios', 'domain'], types: 'engine/protocol' },
  engine: { may: ['scenarios', 'domain'] },
  io: { may: ['domain'] },
  scenarios: { may: ['domain'] },
  domain: { may: [] },
};

/** Where a path to another layer starts: `../`, any number of times, or for main.ts and App.svelte `./`. */
const up = '^(?:\\./)?(?:\\.\\./)+';
const beside = '^\\./';

/** The rules that keep `layer` in its place, for files whose paths to other layers begin with `start`. */
function layering(layer, start = up) {
  const { may, types } = layers[layer];
  const others = Object.keys(layers).filter((other) => other !== layer && !may.includes(other));
  const message = `See "layers" in src/eslint.config.js for what src/${layer} may import.`;

  const isTypes = types ? `${types}(?:\\.ts)?$` : '$^';
  const forbidden = [
    { regex: `${start}(?:src/)?(?!${isTypes})(?:${others.join('|')})(?:/|$)`, message },
    { regex: `${start}(?:src/)?${isTypes}`, allowTypeImports: true, message },
  ];
  if (start === up) {
    forbidden.push({ regex: `${up}(?:src/)?(?:main|App)(?:\\.|$)`, message: 'Nothing imports the root.' });
    forbidden.push({ regex: `${up}test/`, message: 'src does not know its tests.' });
  }
  if (layer === 'domain') {
    forbidden.push({ regex: '^[^./]', message: 'src/domain has no dependency.' });
  }
  if (layer !== 'engine') {
    forbidden.push({ regex: '^@tensorflow/', message: 'Only src/engine touches TensorFlow.js.' });
  }

  return {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns: forbidden }],
    // The rule above does not see `import('…')`, neither the expression nor the type.
    'no-restricted-syntax': [
      'error',
      ...forbidden.flatMap(({ regex, message, allowTypeImports }) => {
        const path = `[source.value=/${regex.replaceAll('/', '\\u002F')}/]`;
        const selectors = [`ImportExpression${path}`];
        if (!allowTypeImports) selectors.push(`TSImportType${path}`);
        return selectors.map((selector) => ({ selector, message }));
      }),
    ],
  };
}

export default defineConfig(
  { ignores: ['test/fixtures'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        // vite.config.ts has no tsconfig beside it or above it, but test/tsconfig.json includes it.
        projectService: {
          allowDefaultProject: ['vite.config.ts'],
          defaultProject: 'test/tsconfig.json',
        },
        tsconfigRootDir: join(import.meta.dirname, '..'),
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // Numbers in template strings are fine.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      'svelte/no-at-html-tags': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts', '**/*.svelte.test.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    // Plain JavaScript is checked by tsc where it matters (test/tsconfig.json), and has no types to lint by.
    files: ['**/*.js', '**/*.mjs'],
    extends: [ts.configs.disableTypeChecked],
  },
  Object.keys(layers).map((layer) => ({ files: [`src/${layer}/**`], rules: layering(layer) })),
  { files: ['src/*.ts', 'src/*.svelte'], rules: layering('views', beside) },
);
