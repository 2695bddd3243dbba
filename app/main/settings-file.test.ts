import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSettings, visiblePlace } from './settings-file.ts';

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'bitext-settings-')), 'window', 'settings.json');
const place = { x: 10, y: 20, width: 800, height: 600, maximized: false };

test('what was changed is there at the next start, and nothing else lies beside it', () => {
  const file = newFile();
  expect(openSettings(file).read()).toEqual({ place: null, theme: 'system' });
  openSettings(file).change({ theme: 'dark' });
  openSettings(file).change({ place });
  expect(openSettings(file).read()).toEqual({ place, theme: 'dark' });
  expect(readdirSync(join(file, '..'))).toEqual(['settings.json']);
});

test.each(['', '{"theme":', 'null', '17', '{"place":{"x":"left"},"theme":"plaid"}'])('a file that holds %j yields the defaults', (text) => {
  const file = newFile();
  openSettings(file).change({ place });
  writeFileSync(file, text);
  expect(openSettings(file).read()).toEqual({ place: null, theme: 'system' });
});

test('a window that stood on a display that is gone starts where it can be seen', () => {
  const displays = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  expect(visiblePlace(place, displays)).toEqual(place);
  expect(visiblePlace({ ...place, x: 2000 }, displays)).toBeNull();
  expect(visiblePlace({ ...place, x: -750 }, displays)).toBeNull();
  expect(visiblePlace({ ...place, x: 2000 }, [...displays, { x: 1920, y: 0, width: 1920, height: 1080 }])).toEqual({ ...place, x: 2000 });
  expect(visiblePlace(null, displays)).toBeNull();
});
