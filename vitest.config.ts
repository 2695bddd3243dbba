import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte({ configFile: false })],
  test: {
    include: ['{app,native-models,renderer/src,scripts}/**/*.test.ts'],
    setupFiles: ['scripts/properties/seed.ts'],
    // Native modules: a worker thread that is ended during a run takes the whole process with it.
    pool: 'forks',
    // Two cores are common; four models in memory at once are not.
    maxWorkers: 2,
    // Offline in tests too; onnxruntime mutes itself where CI is set, so CI proves nothing without this.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    // What is tested hangs on no time: these end only what would never end, also where four programs share a core.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
