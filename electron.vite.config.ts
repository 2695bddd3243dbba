import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { bundleGuard } from './scripts/build/bundle-guard.ts';

const at = (path: string): string => resolve(import.meta.dirname, path);
/** Native modules stay outside the bundles; everything else goes in, so that a start reads few files. */
const native = ['electron', 'better-sqlite3', 'onnxruntime-node'];
const entries = { main: 'app/main/main.ts', 'core-host': 'app/hosts/core-host.ts', 'engine-host': 'app/hosts/engine-host.ts', 'model-worker': 'native-models/engine/model-worker.ts', 'compile-child': 'native-models/runtime/compile-child.ts', 'generator-worker': 'native-models/decoding/generator-worker.ts', 'generation-trial-child': 'native-models/devices/generation-trial-child.ts', 'engine-child': 'native-models/engine/engine-child.ts', 'training-child': 'native-models/training/process/training-child.ts', 'step-child': 'native-models/adaptation/steps/step-child.ts', 'device-probe-child': 'native-models/devices/device-probe-child.ts', 'parser-thread': 'app/core/formats/parser-worker/parser-thread.ts', cli: 'app/cli/cli.ts' };

export default defineConfig({
  main: {
    plugins: [bundleGuard([
      { entries: ['main'], modules: ['better-sqlite3', 'onnxruntime-node', '/app/core/', '/native-models/'] },
      { entries: ['core-host', 'engine-host', 'model-worker', 'compile-child', 'generator-worker', 'generation-trial-child', 'engine-child', 'training-child', 'step-child', 'device-probe-child', 'parser-thread', 'cli'], modules: ['electron', '/app/main/'] },
      { modules: ['vitest', 'fast-check', 'xmllint-wasm', '/testing/'] },
      { entries: ['core-host'], modules: ['onnxruntime-node'] },
      { entries: ['parser-thread'], modules: ['onnxruntime-node', 'better-sqlite3', '/native-models/'] },
      { entries: ['engine-host', 'engine-child', 'training-child', 'step-child', 'model-worker', 'compile-child', 'generator-worker', 'generation-trial-child', 'device-probe-child'], modules: ['better-sqlite3', '/app/core/'] },
    ])],
    build: {
      outDir: 'out/node', externalizeDeps: false, minify: false, sourcemap: true,
      rollupOptions: { external: native, input: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(at(file))).map(([name, file]) => [name, at(file)])) },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload', externalizeDeps: false,
      rollupOptions: { external: ['electron'], input: { preload: at('app/preload/preload.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [svelte({ configFile: false }), bundleGuard([{ modules: ['valibot', 'better-sqlite3', 'onnxruntime-node', 'electron', '/app/core/', '/app/hosts/', '/app/main/', '/native-models/', '/app/rpc/serve.ts'] }])],
    // Fonts and pictures as files: the content security policy names them by address.
    build: { outDir: at('out/renderer'), emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false }, rollupOptions: { input: at('renderer/index.html') } },
  },
});
