import { expect, test } from 'vitest';
import { cacheFolder as setupCacheFolder, modelsFolder as setupModelsFolder } from '../../scripts/setup/places.mjs';
import { defaultCache, defaultWorkspace, modelFolders as commandLineModelFolders } from '../cli/workspace.ts';
import { cacheFolder, modelFolders, workspaceFolder } from './places.ts';

test('each platform has its own folders, and the environment overrides them', () => {
  expect([workspaceFolder({}, 'linux', '/home/a'), cacheFolder({}, 'linux', '/home/a')]).toEqual(['/home/a/.local/share/bitext-studio', '/home/a/.cache/bitext-studio']);
  expect([workspaceFolder({}, 'darwin', '/Users/a'), cacheFolder({}, 'darwin', '/Users/a')]).toEqual(['/Users/a/Library/Application Support/Bitext Studio', '/Users/a/Library/Caches/bitext-studio']);
  expect(workspaceFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/a')).toBe('/data/bitext-studio');
  expect(workspaceFolder({ BITEXT_HOME: '/w', XDG_DATA_HOME: '/data' }, 'linux', '/home/a')).toBe('/w');
  expect(modelFolders({ BITEXT_HOME: '/w', BITEXT_MODELS: '/m' })).toEqual(['/w/models', '/m']);
  expect(modelFolders({ BITEXT_HOME: '/w', BITEXT_CACHE: '/c' })).toEqual(['/w/models', '/c/models']);
});

test('set-up, command line and window look in the same places', () => {
  expect([setupCacheFolder(), setupModelsFolder()]).toEqual([cacheFolder(), modelFolders()[1]]);
  expect([defaultWorkspace(), defaultCache(), commandLineModelFolders(defaultWorkspace())]).toEqual([workspaceFolder(), cacheFolder(), modelFolders()]);
});
