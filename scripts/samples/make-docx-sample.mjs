/**
 * Writes resources/samples/contract.docx: a supply agreement with what contracts have - numbered clauses, a price table, notes,
 * a comment, a text box, a link, page numbers. The text is written for this project. Run: node scripts/samples/make-docx-sample.mjs [FILE]
 */
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ZipFile } from 'yazl';
import { body, comments, endnotes, footer, footnotes, header } from './docx-sample-text.mjs';
import { contentTypes, coreProperties, documentRelationships, numbering, packageRelationships, settings, styles } from './docx-sample-parts.mjs';

const target = process.argv[2] ?? path.resolve(fileURLToPath(import.meta.url), '../../../resources/samples/contract.docx');
const parts = {
  '[Content_Types].xml': contentTypes, '_rels/.rels': packageRelationships, 'word/document.xml': body, 'word/_rels/document.xml.rels': documentRelationships,
  'word/styles.xml': styles, 'word/numbering.xml': numbering, 'word/settings.xml': settings, 'word/header1.xml': header, 'word/footer1.xml': footer,
  'word/footnotes.xml': footnotes, 'word/endnotes.xml': endnotes, 'word/comments.xml': comments, 'docProps/core.xml': coreProperties,
};

const zip = new ZipFile();
for (const [name, xml] of Object.entries(parts)) zip.addBuffer(Buffer.from(xml), name, { mtime: new Date(2026, 0, 1), forceDosTimestamp: true, mode: 0o100644 });
zip.end();
await pipeline(zip.outputStream, createWriteStream(target));
console.log(target);
