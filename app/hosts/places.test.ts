import { expect, test, vi } from 'vitest';
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

test('a variable that is empty counts as not set, in all three of them', () => {
  const empty = { BITEXT_HOME: '', BITEXT_CACHE: '', BITEXT_MODELS: '', XDG_DATA_HOME: '', XDG_CACHE_HOME: '', APPDATA: '', LOCALAPPDATA: '' };
  expect([workspaceFolder(empty), cacheFolder(empty), modelFolders(empty)]).toEqual([workspaceFolder({}), cacheFolder({}), modelFolders({})]);
  expect([defaultWorkspace(empty), defaultCache(empty), commandLineModelFolders(defaultWorkspace(empty), empty)]).toEqual([workspaceFolder({}), cacheFolder({}), modelFolders({})]);
  for (const [name, value] of Object.entries(empty)) vi.stubEnv(name, value);
  try {
    expect([setupCacheFolder(), setupModelsFolder()]).toEqual([cacheFolder({}), modelFolders({})[1]]);
  } finally {
    vi.unstubAllEnvs();
  }
});
