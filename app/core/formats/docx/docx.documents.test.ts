/** The invariants of formats.md over every Word document of the test data. */
import { expect, test } from 'vitest';
import { coverage, documentsOf, hasDocuments, OPTIONS, pseudoDifferences, writesNothingUnasked, type TestDocument } from '../testing/invariants.ts';
import { docx } from './docx.ts';
import { unzipped } from './testing/docx-fixtures.ts';

const DOCUMENTS = documentsOf('docx', 'dotx');
/** Two reports of the same 900 pages differ in one picture; one will do where all text is written anew. */
const SMALL = DOCUMENTS.filter(({ bytes }) => bytes.length < 700_000);

async function failures(documents: readonly TestDocument[], check: (document: TestDocument) => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  for (const document of documents) {
    const problem = await check(document);
    if (problem !== null) found.push(`${document.name}: ${JSON.stringify(problem)}`);
  }
  return found;
}

test.skipIf(!hasDocuments)('a write without targets gives the same bytes (needs the test data)', async () => {
  expect(await failures(DOCUMENTS, async (document) => ((await writesNothingUnasked(docx, document)) ? null : 'differs'))).toEqual([]);
});

test.skipIf(!hasDocuments)('one translated paragraph changes that paragraph and nothing else (needs the test data)', async () => {
  expect(await failures(SMALL, async ({ bytes }) => {
    const { units } = await docx.read(bytes, OPTIONS);
    const plain = units.filter(({ role, tags }) => role !== 'textbox' && tags.every(({ label }) => label !== 'box' && label !== 'img' && label !== 'object'));
    const unit = plain[Math.floor(plain.length / 2)];
    if (!unit) return null;
    const [before, after] = [await unzipped(bytes), await unzipped(await docx.write(bytes, new Map([[unit.id, ['Other text: ', ...unit.source]]]), OPTIONS))];
    const changed = Object.keys(after).filter((name) => before[name] !== after[name]);
    const part = unit.id.slice(0, unit.id.indexOf('#'));
    if (changed.join() !== part) return { changed };
    if (Object.keys(before).sort().join() !== Object.keys(after).sort().join()) return 'other parts';
    const [old, now] = [before[part] ?? '', after[part] ?? ''];
    let head = 0, tail = 0;
    while (old[head] === now[head]) head++;
    while (tail < old.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
    const window = old.slice(head, old.length - tail);
    return /<\/?w:p[ >]/.test(window) ? { unit: unit.id, window: window.slice(0, 200) } : null;
  })).toEqual([]);
});

test.skipIf(!hasDocuments)('pseudo-translated, written and read again: the same units, texts and tags (needs the test data)', async () => {
  expect(await failures([...SMALL, ...DOCUMENTS.filter(({ name }) => name.includes('-big.docx')).slice(0, 1)], async (document) => {
    const differences = await pseudoDifferences(docx, document);
    return differences.length > 0 ? differences : null;
  })).toEqual([]);
});

test.skipIf(!hasDocuments)('at least 99 % of the text that another framework finds, with no more tags than it (needs the test data)', async () => {
  // Its document properties (an author's name) and its names of shapes (Picture 1) are not text of the document.
  const names = (): readonly string[] => ['Matt Valley', 'Jean-Mary Victor', 'Ravikant Sharma', 'Kazuo Sumida', 'Sue Petrich', 'Efrain', 'sebert', 'motion.jpg', 'Picture 1', 'Rectangle 3', 'Chart 1', 'AutoShape 37', 'AutoShape 39', '図 1'];
  const { share, codes, theirCodes, files } = await coverage(docx, ['docx', 'dotx'], names);
  expect({ files, covered: share >= 0.99, fewTags: codes <= 0.28 && codes <= theirCodes * 2 }).toEqual({ files: 75, covered: true, fewTags: true });
});
