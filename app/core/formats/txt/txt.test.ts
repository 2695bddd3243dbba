import { describe, expect, test } from 'vitest';
import { answer, documentsOf, failure, hasDocuments, identityDifferences, OPTIONS, pseudoDifferences, writesNothingUnasked } from '../testing/invariants.ts';
import { txt } from './txt.ts';

const units = async (text: string): Promise<{ id: string; text: unknown }[]> => (await txt.read(Buffer.from(text), OPTIONS)).units.map(({ id, source }) => ({ id, text: source.length === 1 ? source[0] : source }));
const write = async (text: string, targets: Record<string, string>): Promise<string> =>
  Buffer.from(await txt.write(Buffer.from(text), new Map(Object.entries(targets).map(([id, target]) => [id, [target]])), OPTIONS)).toString();

const WRAPPED = `The studio keeps the layout of a document: what is
wrapped in the source is wrapped in the translation
as well.

  A second paragraph begins here; it is indented by
  two columns.

-----
- A list item stays a paragraph of its own
- Another item
`;

describe('paragraphs', () => {
  test('one sentence a line stays line by line', async () => {
    expect(await units('First line.\nSecond line.\r\n\r\n  Third line.  \n')).toEqual([{ id: 'line-1', text: 'First line.' }, { id: 'line-2', text: 'Second line.' }, { id: 'line-4', text: 'Third line.' }]);
  });
  test('hard-wrapped lines are one unit, list items are not', async () => {
    expect(await units(WRAPPED)).toEqual([
      { id: 'line-1', text: 'The studio keeps the layout of a document: what is wrapped in the source is wrapped in the translation as well.' },
      { id: 'line-5', text: 'A second paragraph begins here; it is indented by two columns.' },
      { id: 'line-9', text: 'A list item stays a paragraph of its own' },
      { id: 'line-10', text: 'Another item' },
    ]);
  });
  test('a poem is not wrapped text', async () => {
    expect((await units('The woods are lovely, dark and deep,\nBut I have promises to keep,\nAnd miles to go before I sleep,\nAnd miles to go before I sleep.\n')).length).toBe(4);
  });
  test('lines without letters or digits are no text', async () => {
    expect(await units('=====\nTitle\n=====\n')).toEqual([{ id: 'line-2', text: 'Title' }]);
  });
});

describe('write', () => {
  test('keeps line ends, indentation, bullets, trailing white space and the missing final newline', async () => {
    expect(await write('\ufeff\tOne. \r\n\r\n* Two', { 'line-1': 'Um.', 'line-3': 'Dois' })).toBe('\ufeff\tUm. \r\n\r\n* Dois');
  });
  test('wraps the translation of wrapped text at the same width and indentation', async () => {
    expect(await write(WRAPPED, { 'line-5': 'Um segundo parágrafo começa aqui; ele tem um recuo de duas colunas - e mais.' })).toBe(WRAPPED.replace(
      'A second paragraph begins here; it is indented by\n  two columns.', 'Um segundo parágrafo começa aqui; ele tem um\n  recuo de duas colunas - e mais.'));
  });
  test('a line that the translation made long enough to be wrapped text is marked as ended', async () => {
    const text = 'The studio keeps the layout of a document: what is\nwrapped in the source is wrapped.\nShort line\nThe last paragraph, which is wrapped as well, follows\nit at once and goes on for a second line, and then\nfor a third one.\n';
    expect((await units(text)).map(({ id }) => id)).toEqual(['line-1', 'line-3', 'line-4']);
    const written = await write(text, { 'line-3': 'Uma linha que já não é curta, mas sim longa agora' });
    expect(written).toBe(text.replace('Short line', 'Uma linha que já não é curta, mas sim longa agora  '));
    expect((await units(written))[1]).toEqual({ id: 'line-3', text: 'Uma linha que já não é curta, mas sim longa agora' });
  });
  test('a line end in a translation does not make a new paragraph', async () => {
    expect(await write('One\nTwo\n', { 'line-1': 'Um\ndois' })).toBe('Um dois\nTwo\n');
  });
  test('keeps UTF-16 and its mark', async () => {
    const bytes = Buffer.from('\ufeffOne\r\n', 'utf16le');
    expect(Buffer.from(await txt.write(bytes, new Map([['line-1', ['Um']]]), OPTIONS)).toString('utf16le')).toBe('\ufeffUm\r\n');
  });
  test('refuses characters that the encoding lacks', async () => {
    const error = await failure(() => txt.write(Buffer.from('Caf\xe9 ferm\xe9', 'latin1'), new Map([['line-1', ['Каfe']]]), { ...OPTIONS, encoding: 'windows-1252' }));
    expect(error).toMatchObject({ code: 'ENCODING_UNSUPPORTED', data: { encoding: 'windows-1252', characters: ['К', 'а'] } });
  });
  test('refuses tags and unknown units', async () => {
    expect(await failure(() => txt.write(Buffer.from('One'), new Map([['line-1', [{ tag: 1, kind: 'empty' }]]]), OPTIONS))).toMatchObject({ code: 'TAGS_BROKEN', data: { unit: 'line-1' } });
    expect(await failure(() => txt.write(Buffer.from('One'), new Map([['line-7', ['x']]]), OPTIONS))).toMatchObject({ code: 'INVALID_INPUT', data: { unit: 'line-7' } });
  });
});

test('hostile text is answered', async () => {
  expect((await answer(txt, 'word '.repeat(2_000_000))).outcome).toBe('FORMAT_LIMIT');
  expect((await answer(txt, '\0\u2028a\0\n'.repeat(1000))).outcome).toBe('read');
  expect((await answer(txt, Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00]))).outcome).toBe('read');
  expect((await answer(txt, 'a\n'.repeat(500_000))).outcome).toBe('read');
});

describe.skipIf(!hasDocuments)('documents of the test data', () => {
  test.each(documentsOf('txt').map((document) => [document.name, document] as const))('%s', async (_name, document) => {
    expect(await writesNothingUnasked(txt, document)).toBe(true);
    expect(await identityDifferences(txt, document)).toEqual([]);
    expect(await pseudoDifferences(txt, document)).toEqual([]);
  });
});
