import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { STUDIO_VERSION } from './studio-version.ts';

it('is the version of the package', () => {
  expect(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).toMatchObject({ version: STUDIO_VERSION });
});
