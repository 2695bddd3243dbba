/** What holds for every XLIFF 1.x document of the shared test data. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalizeRuns } from '../../segments/runs.ts';
import { pseudoRuns } from '../pseudo.ts';
import { xliff12 } from './xliff12.ts';

const data = process.env['BITEXT_TEST_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data');
const documents = join(data, 'documents');
const files = !existsSync(documents) ? [] : ['xlf', 'xliff', 'sdlxliff'].flatMap((folder) => readdirSync(join(documents, folder)).map((name) => join(documents, folder, name)))
  .filter((path) => xliff12.sniff(readFileSync(path), path) >= 0.3);
const options = { from: 'en', to: 'pt' };
/** Not well-formed: an ampersand that is not escaped, a byte that is not UTF-8. */
const BROKEN = new Set(['okapi-0a24c7-invalid_xml_entity.xlf', 'okapi-370d3a-groupingtranslations.xlf', 'okapi-4b55d1-invalid_xml_entity.xlf']);

describe.skipIf(files.length === 0)('every XLIFF 1.x document of the shared test data (skipped when the data is absent)', () => {
  test('there are documents of each version and dialect', () => {
    expect(files.length).toBeGreaterThan(60);
  });

  for (const path of files) {
    const name = path.split('/').at(-1) ?? '';
    const bytes = readFileSync(path);
    if (BROKEN.has(name)) {
      test(`${name} is refused`, async () => {
        await expect(xliff12.read(bytes, options)).rejects.toMatchObject({ code: 'FORMAT_BROKEN' });
      });
      continue;
    }
    test(name, async () => {
      const { units } = await xliff12.read(bytes, options);
      expect(new Set(units.map(({ id }) => id)).size).toBe(units.length);
      const noop = await xliff12.write(bytes, new Map(units.flatMap(({ id, target }) => (target ? [[id, target]] : []))), { ...options, setLanguage: false, states: new Map(units.flatMap(({ id, state }) => (state ? [[id, state]] : []))) });
      expect(Buffer.from(noop).equals(bytes)).toBe(true);

      const targets = new Map(units.map(({ id, source }) => [id, pseudoRuns(source)]));
      const written = await xliff12.write(bytes, targets, { ...options, setLanguage: true, states: new Map(units.map(({ id }) => [id, 'translated'])) });
      const again = await xliff12.read(written, options);
      expect(again.units.map(({ id, source }) => ({ id, source }))).toEqual(units.map(({ id, source }) => ({ id, source })));
      expect(again.units.map(({ target }) => target)).toEqual(units.map(({ id }) => normalizeRuns(targets.get(id) ?? [])));
      expect(new Set(again.units.map(({ state }) => state))).toEqual(new Set(units.length > 0 ? ['translated'] : []));
    });
  }
});
