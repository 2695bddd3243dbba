/** Any arrangement of what Word puts into paragraphs can be read, written and read again. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReadonlyRuns, Runs } from '../../../contract/shapes/text.ts';
import { plainText, tagRuns } from '../../segments/runs.ts';
import { OPTIONS, pseudoDifferences } from '../testing/invariants.ts';
import { docx } from './docx.ts';
import { docxParts, instruction, mark, p, r, zipped } from './testing/docx-fixtures.ts';

const ATOMS = [
  r('one'), r(' two ', '<w:b/>'), r(' ', '<w:u w:val="single"/>'), r('three', '<w:rStyle w:val="x"/>'), '<w:r><w:tab/><w:t>four</w:t><w:tab/></w:r>', '<w:r><w:br w:type="page"/></w:r>', '<w:r><w:softHyphen/><w:noBreakHyphen/></w:r>',
  mark('begin'), mark('separate'), mark('end'), instruction(' HYPERLINK "x" '), instruction(' PAGE '), '<w:proofErr w:type="spellStart"/>', '<w:r><w:footnoteReference w:id="2"/></w:r>', r('hidden', '<w:vanish/>'),
  '<w:r><w:t>five</w:t><w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK x</w:instrText><w:fldChar w:fldCharType="separate"/><w:t>six</w:t><w:fldChar w:fldCharType="end"/><w:t>seven</w:t></w:r>',
  '<w:bookmarkStart w:id="1" w:name="b"/>', '<w:bookmarkEnd w:id="1"/>', '<w:bookmarkStart w:id="2" w:name="_GoBack"/>', '<w:bookmarkEnd w:id="2"/>', '<w:commentRangeStart w:id="1"/>', '<w:commentRangeEnd w:id="1"/>', '<w:r><w:commentReference w:id="1"/></w:r>',
  '<w:del w:id="3"><w:r><w:delText>gone</w:delText></w:r></w:del>', '<w:sdt><w:sdtPr/><w:sdtContent/></w:sdt>',
];
const AROUND = [['<w:hyperlink w:anchor="a">', '</w:hyperlink>'], ['<w:ins w:id="9" w:author="A">', '</w:ins>'], ['<w:ins w:id="8" w:author="B">', '</w:ins>'], ['<w:smartTag w:element="x">', '</w:smartTag>'], ['<w:sdt><w:sdtPr/><w:sdtContent>', '</w:sdtContent></w:sdt>']] as const;

const paragraphsOf = (atoms: readonly string[]): fc.Arbitrary<string> => fc.array(fc.letrec<{ inline: string; piece: string }>((tie) => ({
  piece: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.constantFrom(...atoms), fc.tuple(fc.constantFrom(...AROUND), tie('inline')).map(([[before, after], inside]) => before + inside + after)),
  inline: fc.array(tie('piece'), { maxLength: 7 }).map((pieces) => pieces.join('')),
})).inline.map((content) => p(content)), { minLength: 1, maxLength: 3 }).map((paragraphs) => paragraphs.join(''));
/** Fields that never end are read as they stand, but no translation can be asked to keep them in their place. */
const WHOLE = ATOMS.filter((atom) => ![mark('begin'), mark('separate'), mark('end')].includes(atom));

test('pseudo-translated, written and read again, every arrangement gives the same texts and tags', async () => {
  await fc.assert(fc.asyncProperty(paragraphsOf(ATOMS), async (content) => {
    expect(await pseudoDifferences(docx, { name: 'generated', bytes: await zipped(docxParts(content)) })).toEqual([]);
  }), { numRuns: 250 });
});

/** The source with its tags drawn to other places, each closing one still after its opening one. */
function shuffled(source: ReadonlyRuns, places: readonly number[]): Runs {
  const words = plainText(source).split(/(?<= )/);
  const at = tagRuns(source).map((run, i) => ({ run, place: (places[i % places.length] ?? 0) % (words.length + 1) }));
  for (const close of at.filter(({ run }) => run.kind === 'close')) {
    const opened = at.find(({ run }) => run.kind === 'open' && run.tag === close.run.tag);
    close.place = Math.max(close.place, opened?.place ?? 0);
  }
  return [...words, ''].flatMap((word, i) => [...at.filter(({ place }) => place === i).map(({ run }) => run), word]);
}

test('wherever a translation puts its tags, the document stays well-formed and says what the translation says', async () => {
  await fc.assert(fc.asyncProperty(paragraphsOf(WHOLE), fc.array(fc.nat(40), { minLength: 1, maxLength: 12 }), async (content, places) => {
    const bytes = await zipped(docxParts(content));
    const { units } = await docx.read(bytes, OPTIONS);
    const targets = new Map(units.map((unit) => [unit.id, shuffled(unit.source, places)]));
    const after = await docx.read(await docx.write(bytes, targets, OPTIONS), OPTIONS);
    const squash = (text: string): string => text.replace(/\s+/g, '');
    expect(after.units.map(({ source }) => squash(plainText(source)))).toEqual([...targets.values()].map((target) => squash(plainText(target))));
  }), { numRuns: 150 });
});
