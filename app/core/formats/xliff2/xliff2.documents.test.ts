/** What holds for every XLIFF 2 document of the shared test data. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { normalizeRuns } from '../../segments/runs.ts';
import { pseudoRuns } from '../pseudo.ts';
import { xliff2 } from './xliff2.ts';

const data = process.env['BITEXT_TEST_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data');
const files = ['documents/xlf', 'documents/xliff', 'xliff2'].map((folder) => join(data, folder)).filter(existsSync)
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.xli?f+$/.test(name)).map((name) => join(folder, name)))
  .map((path) => ({ name: path.slice(data.length + 1), bytes: readFileSync(path) })).filter(({ name, bytes }) => xliff2.sniff(bytes, name) > 0);
/** Not well-formed: a closing tag too many. */
const BROKEN = /Good-pgs_plural\.xlf$/;
const broken = files.filter(({ name }) => BROKEN.test(name)), whole = files.filter(({ name }) => !BROKEN.test(name));
const options = { from: 'en', to: 'pt' };

async function translated(bytes: Uint8Array): Promise<Uint8Array> {
  const { units } = await xliff2.read(bytes, options);
  return xliff2.write(bytes, new Map(units.map(({ id, source }) => [id, pseudoRuns(source)])), { ...options, setLanguage: false, states: new Map(units.map(({ id }) => [id, 'translated'])) });
}

describe.skipIf(files.length === 0)('every XLIFF 2 document of the shared test data (skipped when the data is absent)', () => {
  test.each(broken)('$name is refused', async ({ bytes }) => {
    await expect(xliff2.read(bytes, options)).rejects.toMatchObject({ code: 'FORMAT_BROKEN' });
  });

  test.each(whole)('$name', async ({ bytes }) => {
    const { units } = await xliff2.read(bytes, options);
    expect(new Set(units.map(({ id }) => id)).size).toBe(units.length);
    const noop = await xliff2.write(bytes, new Map(units.flatMap(({ id, target }) => (target ? [[id, target]] : []))), { ...options, setLanguage: false, states: new Map(units.flatMap(({ id, state }) => (state ? [[id, state]] : []))) });
    expect(Buffer.from(noop).equals(bytes)).toBe(true);

    const again = await xliff2.read(await translated(bytes), options);
    expect(again.units.map(({ id, source }) => ({ id, source }))).toEqual(units.map(({ id, source }) => ({ id, source })));
    expect(again.units.map(({ target }) => target)).toEqual(units.map(({ source }) => normalizeRuns(pseudoRuns(source))));
    expect(new Set(again.units.map(({ state }) => state))).toEqual(new Set(units.length > 0 ? ['translated'] : []));
  });

  test.each([
    { version: '2.0', schema: 'xliff2.0/xliff_core_2.0.xsd' }, { version: '2.1', schema: 'xliff2.1/xliff_core_2.0.xsd' }, { version: '2.2', schema: 'xliff2.2/xliff_core_2.2.xsd' },
  ])('version $version: what was valid is valid when translated', async ({ version, schema }) => {
    const ours = whole.filter(({ bytes }) => new RegExp(`<(?:[\\w.-]+:)?xliff\\b[^>]*\\sversion\\s*=\\s*["']${version}`).test(bytes.toString('utf8')));
    expect(ours.length).toBeGreaterThan(0);
    const xml = readFileSync(join(data, 'schemas/xliff2.1/informativeCopiesOf3rdPartySchemas/w3c/xml.xsd'), 'utf8');
    const read = (path: string): string => readFileSync(path, 'utf8').replace(/schemaLocation="[^"]*\/xml\.xsd"/g, 'schemaLocation="xml.xsd"');
    const folder = dirname(join(data, 'schemas', schema));
    const preload = [{ fileName: 'xml.xsd', contents: xml }, ...readdirSync(folder).filter((name) => name.endsWith('.xsd') && !schema.endsWith(name)).map((name) => ({ fileName: name, contents: read(join(folder, name)) }))];
    const invalid = async (documents: readonly Uint8Array[]): Promise<Set<number>> => {
      const { errors } = await validateXML({ xml: documents.map((contents, i) => ({ fileName: `${i}.xlf`, contents })), schema: read(join(data, 'schemas', schema)), preload });
      return new Set(errors.flatMap(({ rawMessage }) => { const number = /^(\d+)\.xlf/.exec(rawMessage)?.[1]; return number === undefined ? [] : [Number(number)]; }));
    };
    const before = await invalid(ours.map(({ bytes }) => bytes));
    const after = await invalid(await Promise.all(ours.map(({ bytes }) => translated(bytes))));
    expect(before.size).toBeLessThan(ours.length);
    expect([...after].filter((i) => !before.has(i)).map((i) => ours[i]?.name)).toEqual([]);
  });
});
