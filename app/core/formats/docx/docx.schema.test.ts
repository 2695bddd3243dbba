/** A written package has no schema error that the original had not: ISO 29500-4 (Transitional), from the test data. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { memoryPages, validateXML } from 'xmllint-wasm';
import { documentsOf, hasDocuments } from '../testing/invariants.ts';
import { pseudoRuns } from '../pseudo.ts';
import { elements, parseXml, type XmlElement } from '../xml/xml-tree.ts';
import { docx } from './docx.ts';
import { unzipped } from './testing/docx-fixtures.ts';
import { isAlternateContent } from './names.ts';
import { spliceRanges, type RangeEdit } from './range-edits.ts';

const DATA = process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../../../shared/data');
const FOLDER = path.join(DATA, 'schemas/openxml/OfficeOpenXML-XMLSchema-Transitional');
const hasSchemas = existsSync(FOLDER);

/** The schemas import the xml namespace without saying where it is. */
const XML_XSD = '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace"><xsd:attribute name="lang" type="xsd:language"/><xsd:attribute name="space"><xsd:simpleType><xsd:restriction base="xsd:NCName"><xsd:enumeration value="default"/><xsd:enumeration value="preserve"/></xsd:restriction></xsd:simpleType></xsd:attribute></xsd:schema>';

const DOCUMENTS = documentsOf('docx', 'dotx').filter(({ bytes }) => bytes.length < 700_000);

test.skipIf(!hasDocuments || !hasSchemas)('a package that was valid stays valid, in Portuguese and turned right to left (needs the test data)', async () => {
  const parts = new Map<string, string>();
  for (const [i, { name, bytes }] of DOCUMENTS.entries()) {
    const options = { from: 'en', to: i % 2 === 0 ? 'pt' : 'ar', setLanguage: true };
    const { units } = await docx.read(bytes, options);
    const before = await unzipped(bytes);
    const after = await unzipped(await docx.write(bytes, new Map(units.map(({ id, source }) => [id, pseudoRuns(source)])), options));
    for (const part of Object.keys(before).filter((key) => /^word\/(document|header\d*|footer\d*|footnotes|endnotes|comments|styles|settings)\.xml$/.test(key) && before[key] !== after[key])) {
      parts.set(`before ${name} ${part}`, before[part] ?? '');
      parts.set(`after ${name} ${part}`, after[part] ?? '');
    }
  }
  const errors = await schemaErrors(parts);
  const added = [...errors].flatMap(([key, found]) => {
    const known = key.startsWith('after ') ? errors.get(key.replace('after', 'before')) : found;
    return found.filter((message) => !known?.includes(message)).map((message) => `${key}: ${message}`);
  });
  const valid = [...errors].filter(([key, found]) => key.startsWith('before ') && found.length === 0).length;
  expect({ added, enough: valid > 300 }).toEqual({ added: [], enough: true });
});

test.skipIf(!hasSchemas)('the sample contract is valid (needs the schemas of the test data)', async () => {
  const parts = Object.entries(await unzipped(readFileSync(path.resolve(import.meta.dirname, '../../../../resources/samples/contract.docx')))).filter(([name]) => /^word\/\w+\.xml$/.test(name));
  expect([...(await schemaErrors(new Map(parts)))].filter(([, errors]) => errors.length > 0)).toEqual([]);
});

/** Schema errors of each part, by name; each as a sentence without its line. */
async function schemaErrors(parts: ReadonlyMap<string, string>): Promise<Map<string, string[]>> {
  const schemas = readdirSync(FOLDER).filter((name) => name.endsWith('.xsd')).map((fileName) => ({
    fileName, contents: readFileSync(path.join(FOLDER, fileName), 'utf8').replace('<xsd:import namespace="http://www.w3.org/XML/1998/namespace"/>', '<xsd:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>'),
  }));
  const main = schemas.filter(({ fileName }) => fileName === 'wml.xsd');
  const names = [...parts.keys()];
  const { errors } = await validateXML({
    xml: names.map((name, i) => ({ fileName: `part${i}.xml`, contents: withoutExtensions(name, parts.get(name) ?? '') })),
    schema: main, preload: [...schemas.filter(({ fileName }) => fileName !== 'wml.xsd'), { fileName: 'xml.xsd', contents: XML_XSD }],
    initialMemoryPages: 64 * memoryPages.MiB, maxMemoryPages: 2 * memoryPages.GiB,
  });
  const found = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const { loc, message } of errors) found.get(names[Number(/\d+/.exec(loc?.fileName ?? '')?.[0] ?? -1)] ?? '')?.push(message);
  return found;
}

/** What a consumer of the base vocabulary sees (ISO 29500-3, 10): ignorable content gone, fallbacks in place of choices. */
function withoutExtensions(name: string, source: string): string {
  const { root } = parseXml(source, { name });
  const edits: RangeEdit[] = [];
  const visit = (element: XmlElement, ignorable: ReadonlySet<string>): void => {
    const names = Object.entries(element.attributes).find(([key]) => key.endsWith(':Ignorable'))?.[1].split(/\s+/) ?? [];
    const now = names.length > 0 ? new Set([...ignorable, ...names]) : ignorable;
    const tag = source.slice(element.start, element.openEnd).replace(/\s([^\s:="']+):[^\s=]+\s*=\s*("[^"]*"|'[^']*')/g, (whole, prefix: string) => (now.has(prefix) || prefix === 'mc' ? '' : whole));
    if (now.has(element.name.split(':')[0] ?? '')) edits.push({ start: element.start, end: element.end, text: '' });
    else if (isAlternateContent(element)) {
      const fallback = elements(element, 'Fallback')[0];
      if (fallback) visitAll(fallback, now);
      edits.push({ start: element.start, end: element.end, text: () => (fallback ? sliced(fallback.openEnd, fallback.closeStart) : '') });
    } else {
      if (tag !== source.slice(element.start, element.openEnd)) edits.push({ start: element.start, end: element.openEnd, text: tag });
      visitAll(element, now);
    }
  };
  const visitAll = (parent: XmlElement, ignorable: ReadonlySet<string>): void => { for (const element of elements(parent)) visit(element, ignorable); };
  visit(root, new Set());
  const sliced = spliceRanges(source, edits);
  return sliced(0, source.length);
}
