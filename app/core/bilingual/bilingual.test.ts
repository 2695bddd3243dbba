import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { parseXml } from '../formats/xml/xml-tree.ts';
import type { BilingualDocument } from './bilingual-document.ts';
import { dtdProblems } from './testing/dtd-check.ts';
import { anyDocument, EXAMPLE, OPTIONS } from './testing/example-documents.ts';
import { bilingualFormats, readBilingual, writeBilingual } from './registry.ts';
import type { WrittenSegment } from './bilingual-format.ts';

const segmentsOf = (documents: readonly BilingualDocument[], holds: 'all' | 'translated'): WrittenSegment[] =>
  documents.flatMap(({ units }) => units.flatMap(({ segments }) => segments.filter(({ target }) => holds === 'all' || target !== null).map(({ id, source, target, state }) => ({ id, source, target, state }))));

describe.each(bilingualFormats.map((format) => ({ kind: format.kind, holds: format.holds })))('$kind', ({ kind, holds }) => {
  test('what is written is read again, text, tags and states', () => {
    expect(readBilingual(kind, writeBilingual(kind, EXAMPLE, OPTIONS))).toEqual(segmentsOf(EXAMPLE, holds));
  });

  test('so are arbitrary documents', () => {
    fc.assert(fc.property(anyDocument, (document) => {
      expect(readBilingual(kind, writeBilingual(kind, [document], OPTIONS))).toEqual(segmentsOf([document], holds));
    }), { numRuns: 200 });
  });

  test('the same input gives the same bytes', () => {
    expect(writeBilingual(kind, EXAMPLE, OPTIONS)).toEqual(writeBilingual(kind, structuredClone(EXAMPLE), { ...OPTIONS }));
  });

});

test.each(['xliff12', 'xliff21', 'tmx'] as const)('a %s that is cut off is refused', (kind) => {
  const bytes = writeBilingual(kind, EXAMPLE, OPTIONS);
  expect(() => readBilingual(kind, bytes.subarray(0, bytes.length - 40))).toThrowError(expect.objectContaining({ code: 'FORMAT_BROKEN' }));
});

const data = process.env['BITEXT_TEST_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');
const schemas = join(data, 'schemas');

describe.skipIf(!existsSync(schemas))('schemas (skipped when the shared test data is absent)', () => {
  const xmlNamespace = { fileName: 'xml.xsd', contents: existsSync(schemas) ? readFileSync(join(schemas, 'xliff2.1/informativeCopiesOf3rdPartySchemas/w3c/xml.xsd'), 'utf8') : '' };
  const samples = [EXAMPLE, ...fc.sample(anyDocument, { seed: 7, numRuns: 20 }).map((document) => [document])];

  test('XLIFF 1.2 is valid against the strict schema', async () => {
    const schema = readFileSync(join(schemas, 'xliff/xliff-core-1.2-strict.xsd'), 'utf8').replace('http://www.w3.org/2001/xml.xsd', 'xml.xsd');
    const xml = samples.map((documents, i) => ({ fileName: `${i}.xlf`, contents: writeBilingual('xliff12', documents, OPTIONS) }));
    expect((await validateXML({ xml, schema, preload: xmlNamespace })).errors).toEqual([]);
  });

  test('XLIFF 2.1 is valid against the core schema', async () => {
    const schema = readFileSync(join(schemas, 'xliff2.1/xliff_core_2.0.xsd'), 'utf8').replace(/schemaLocation="[^"]*\/xml\.xsd"/, 'schemaLocation="xml.xsd"');
    const xml = samples.map((documents, i) => ({ fileName: `${i}.xlf`, contents: writeBilingual('xliff21', documents, OPTIONS) }));
    expect((await validateXML({ xml, schema, preload: xmlNamespace })).errors).toEqual([]);
  });

  test('TMX is valid against the DTD', async () => {
    const dtd = readFileSync(join(schemas, 'tmx/tmx14.dtd'), 'utf8');
    const problems = samples.flatMap((documents) => dtdProblems(parseXml(Buffer.from(writeBilingual('tmx', documents, OPTIONS)).toString('utf8'), { name: 'TMX' }).root, dtd));
    expect(problems).toEqual([]);
    // The check itself must be able to fail.
    expect(dtdProblems(parseXml('<tmx version="1.4"><body><tu><seg x="1"/></tu></body></tmx>', { name: 'TMX' }).root, dtd)).not.toEqual([]);
  });
});
