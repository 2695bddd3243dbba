import { expect, test } from 'vitest';
import { cacheFolder as setupCacheFolder, modelsFolder as setupModelsFolder } from '../../scripts/setup/places.mjs';
import { cacheFolder, modelsFolder, workspaceFolder } from './places.ts';

test('each platform has its own folders, and the environment overrides them', () => {
  expect([workspaceFolder({}, 'linux', '/home/a'), cacheFolder({}, 'linux', '/home/a')]).toEqual(['/home/a/.local/share/bitext-studio', '/home/a/.cache/bitext-studio']);
  expect([workspaceFolder({}, 'darwin', '/Users/a'), cacheFolder({}, 'darwin', '/Users/a')]).toEqual(['/Users/a/Library/Application Support/bitext-studio', '/Users/a/Library/Caches/bitext-studio']);
  expect(workspaceFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/a')).toBe('/data/bitext-studio');
  expect(workspaceFolder({ BITEXT_HOME: '/w', XDG_DATA_HOME: '/data' }, 'linux', '/home/a')).toBe('/w');
  expect([modelsFolder({ BITEXT_MODELS: '/m' }), modelsFolder({ BITEXT_CACHE: '/c' })]).toEqual(['/m', '/c/models']);
});

test('set-up puts the models where the engine looks for them', () => {
  expect([setupCacheFolder(), setupModelsFolder()]).toEqual([cacheFolder(), modelsFolder()]);
});
