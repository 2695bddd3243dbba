import { expect, test } from 'vitest';
import { failure, OPTIONS } from '../testing/invariants.ts';
import { docx } from './docx.ts';
import { docxParts, p, r, storyXml, zipped } from './testing/docx-fixtures.ts';

const textsOf = async (parts: Record<string, string>): Promise<unknown[]> => (await docx.read(await zipped(parts), OPTIONS)).units.map(({ source }) => source.join(''));
const refusal = async (bytes: Uint8Array): Promise<string> => { const { code, message, advice } = await failure(() => docx.read(bytes, OPTIONS)); return `${code}: ${message} ${advice}`; };

test('parts are found wherever relationships lead: other names, absolute, relative and escaped targets, the namespaces of Strict', async () => {
  const { 'word/document.xml': body = '', 'word/_rels/document.xml.rels': links = '', ...rest } = docxParts(p(r('Body')), [{ type: 'header', name: '../heads/über uns.xml', xml: '' }, { type: 'footnotes', name: '/notes.xml', xml: '' }]);
  const parts: Record<string, string> = {
    '[Content_Types].xml': (rest['[Content_Types].xml'] ?? '').replace('/word/document.xml', '/Office/Main.xml'),
    '_rels/.rels': (rest['_rels/.rels'] ?? '').replace('word/document.xml', '/office/main.xml').replace('http://schemas.openxmlformats.org/officeDocument/2006', 'http://purl.oclc.org/ooxml/officeDocument'),
    'Office/Main.xml': body, 'Office/_rels/Main.xml.rels': links.replace('über uns', '%C3%BCber%20uns'),
    'heads/über uns.xml': storyXml('hdr', p(r('Head'))), 'notes.xml': storyXml('footnotes', `<w:footnote w:id="2">${p(r('Note'))}</w:footnote>`),
  };
  expect(await textsOf(parts)).toEqual(['Body', 'Note', 'Head']);
});

test('what is not a Word document is named', async () => {
  const parts = docxParts(p(r('Body')));
  const sheet = { ...parts, '[Content_Types].xml': (parts['[Content_Types].xml'] ?? '').replace('wordprocessingml.document', 'spreadsheetml.sheet') };
  const advice = 'Check the file: it may have a wrong extension, or be damaged.';
  expect(await refusal(await zipped(sheet))).toBe(`FORMAT_BROKEN: This is not a Word document: it is an Excel workbook. ${advice}`);
  expect(await refusal(await zipped({ 'a.txt': 'x' }))).toBe(`FORMAT_BROKEN: This is not a Word document: it has no document part. ${advice}`);
  expect(await refusal(await zipped({ ...parts, 'word/document.xml': '<w:document' }))).toMatch(/^FORMAT_BROKEN: word\/document.xml is not well-formed XML/);
  expect(await refusal(await zipped({ ...parts, 'word/document.xml': `<!DOCTYPE x [<!ENTITY a "b">]>${storyXml('document', '').replace(/^.*\r\n/, '')}` }))).toMatch(/^FORMAT_LIMIT: word\/document.xml declares XML entities/);
  const locked = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600), Buffer.from('EncryptedPackage', 'utf16le')]);
  expect(await refusal(locked)).toBe('FORMAT_ENCRYPTED: This Word document is protected with a password. Open it in its program, save it without a password, and add it again.');
});

test('a Word document is known by its parts, by its name when it is locked or broken', async () => {
  const word = await zipped(docxParts(p(r('Body')))), other = await zipped({ 'content.xml': '<x/>' });
  const locked = Buffer.from('d0cf11e0a1b11ae1', 'hex');
  expect([docx.sniff(word, 'a.docx'), docx.sniff(word, 'noname'), docx.sniff(other, 'a.odt'), docx.sniff(locked, 'A.DOCX'), docx.sniff(locked, 'a.xls'), docx.sniff(Buffer.from('text'), 'a.txt')].map((score) => score > 0))
    .toEqual([true, true, false, true, false, false]);
});
