import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { assembly } from './src/engine/reward/fused/assembly/plugin.mjs';
import { chromeArguments, findChrome } from './test/chrome.mjs';

const compilerOptions = { runes: true };

/** Libraries that nothing of the first paint uses, though several later chunks share them. */
const onlyLater = /node_modules\/(fflate|uqr)\//;

/** Runes outside a browser: Svelte compiles for the client, not for server rendering, so that they react. */
const svelteInNode = svelte({
  configFile: false,
  compilerOptions,
  dynamicCompileOptions: () => ({ generate: 'client' }),
});

export default defineConfig({
  base: './', // works from any path of any static host
  plugins: [svelte({ configFile: false, compilerOptions }), assembly()],
  // Found late, they would make the dev server reload, in the middle of a test if need be.
  optimizeDeps: { include: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-webgpu'] },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 4000, // kB; `npm run size` holds the limits that count
    rolldownOptions: {
      output: {
        // index-* is what the first paint needs, or what several later chunks share.
        entryFileNames: 'assets/index-[hash].js',
        chunkFileNames: ({ isDynamicEntry, moduleIds }) =>
          isDynamicEntry || moduleIds.every((id) => onlyLater.test(id))
            ? 'assets/later-[name]-[hash].js'
            : 'assets/index-[name]-[hash].js',
      },
    },
  },
  worker: {
    format: 'es',
    plugins: () => [assembly()],
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/worker-[hash].js',
        chunkFileNames: 'assets/worker-[name]-[hash].js',
      },
    },
  },
  test: {
    projects: [
      {
        plugins: [svelteInNode, assembly()],
        ssr: { resolve: { conditions: ['browser', ...defaultServerConditions] } },
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**'],
          environment: 'node',
          testTimeout: 60_000, // whole runs, on machines that may be busy
          setupFiles: ['src/scenarios/all.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          include: ['test/browser/**/*.gpu.test.ts'],
          testTimeout: 60_000, // a GPU in software is slow
          // One page at a time, and not beside the other projects: they would fight for the processor.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findChrome(), args: chromeArguments() },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'page',
          include: ['test/browser/**/*.page.test.ts'],
          environment: 'node',
          globalSetup: 'test/browser/site.setup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
