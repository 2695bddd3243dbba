import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { fileOf } from './window-files.ts';

const folder = resolve('out/renderer');

test.each([
  ['app://bitext/index.html', 'index.html'],
  ['app://bitext/assets/a%20b-1.js?x#y', 'assets/a b-1.js'],
  // The address parser folds dots before anything is looked up: these stay inside.
  ['app://bitext/../main.js', 'main.js'],
  ['app://bitext/%2e%2e/main.js', 'main.js'],
])('%s is %s', (address, file) => {
  expect(fileOf(address, folder)).toBe(join(folder, file));
});

test.each([
  'app://bitext/..%2fmain.js', 'app://bitext/..%2f..%2fmain.js', 'app://bitext/%2e%2e%2frenderer-secrets/x.js', 'app://bitext/..%5cmain.js', 'app://bitext/a%00.js',
  'app://other/index.html', 'app://bitext:80/index.html', 'http://bitext/index.html', 'file:///etc/hostname', 'app://bitext/', 'app://bitext/.env', 'app://bitext/%zz.js', 'nonsense',
])('%s is no file of the window', (address) => {
  expect(fileOf(address, folder)).toBeNull();
});
