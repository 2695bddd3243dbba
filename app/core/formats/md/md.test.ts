import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { plainText } from '../../segments/runs.ts';
import { answer, brokenTags, coverage, documentsOf, failure, hasDocuments, identityDifferences, OPTIONS, pseudoDifferences, showUnits, writesNothingUnasked } from '../testing/invariants.ts';
import { pseudoRuns } from '../pseudo.ts';
import { md } from './md.ts';
import { parseMarkdown, type MarkdownNode } from './syntax-tree.ts';

const units = async (text: string): Promise<string[]> => showUnits((await md.read(Buffer.from(text), OPTIONS)).units);
const write = async (text: string, targets: Record<string, ReadonlyRuns>, language?: string): Promise<string> =>
  Buffer.from(await md.write(Buffer.from(text), new Map(Object.entries(targets)), language === undefined ? OPTIONS : { ...OPTIONS, to: language, setLanguage: true })).toString();
const open = (tag: number) => ({ tag, kind: 'open' }) as const;
const close = (tag: number) => ({ tag, kind: 'close' }) as const;
const empty = (tag: number) => ({ tag, kind: 'empty' }) as const;

const BLOCKS = new Set(['blockQuote', 'listOrdered', 'listUnordered', 'listItemPrefix', 'paragraph', 'atxHeading', 'setextHeading', 'codeFenced', 'codeIndented', 'htmlFlow', 'thematicBreak', 'definition', 'table', 'tableRow', 'tableHeader', 'tableData', 'gfmFootnoteDefinition', 'yaml', 'toml', 'taskListCheck']);
/** The tree of blocks of a document, without its texts. */
function blockTree(text: string): string {
  const show = (nodes: readonly MarkdownNode[]): string => nodes.map(({ type, children }) => (BLOCKS.has(type) ? `${type}(${show(children)})` : show(children))).join('');
  return show(parseMarkdown(text));
}

describe('units', () => {
  test('blocks', async () => {
    expect(await units('# One #\n\nTwo\n===\n\n> - Three\n>   goes on\nlazily\n> 1. Four\n\n- [x] Five\n\n| Six | Sev\\|en |\n|---|:-:|\n| `8` | nine |\n\n[^n]: Ten\n\n    Eleven\n')).toEqual([
      '[heading] One', '[heading] Two', '[p] Three goes on lazily', '[p] Four', '[p] Five', '[th] Six', '[th] Sev|en', '[td] nine', '[p] Ten', '[p] Eleven',
    ]);
  });
  test('inline markup becomes tags, escapes and references become characters', async () => {
    const text = 'A *b **c*** ~~d~~ `e` <kbd>f</kbd>\\*g\\* &copy; h\\\ni  \nj <http://k.l> www.m.no [^1]\n\n[^1]: x\n';
    expect(await units(text)).toEqual(['[p] A <1>b <2>c</2></1> <3>d</3> <4/> <5>f</5>*g* © h<6/>i<7/>j <8/> <9/>', '[p] x']);
    expect((await md.read(Buffer.from(text), OPTIONS)).units[0]?.tags.map(({ label, open: markup, equivalent, canDelete }) => [label, markup, equivalent, canDelete])).toEqual([
      ['em', '*', undefined, true], ['strong', '**', undefined, true], ['del', '~~', undefined, true], ['code', '`e`', undefined, false], ['kbd', '<kbd>', undefined, true],
      ['br', '\\\n', '\n', true], ['br', '  \n', '\n', true], ['url', '<http://k.l>', undefined, false], ['url', 'www.m.no', undefined, false],
    ]);
  });
  test('links and images: text, titles and descriptions', async () => {
    expect(await units('See [the *a*](b "Ti\\"tle") or ![al&amp;t](c \'d\') or [e][f] or [f].\n\n[f]: g (Def)\n')).toEqual([
      '[p] See <1>the <2>a</2></1> or <3/> or <4>e</4> or <5>f</5>.', '[title] Ti"tle', '[alt] al&t', '[title] d', '[title] Def',
    ]);
  });
  test('code, comments, URLs, math and shortcodes are protected', async () => {
    expect(await units('```\ncode\n```\n\n    code\n\n<!-- no -->\n\n{{% no %}}\n\nIf $a_b$ and $$c*d*$$ hold, {{ var }} costs $5 or $6. {% raw %}\n\n## Head {#head}\n\n$$\nx = 1\n$$\n')).toEqual(['[p] If <1/> and <2/> hold, <3/> costs $5 or $6.', '[heading] Head']);
  });
  test('text in HTML blocks', async () => {
    expect(await units('<details><summary>More</summary>\n\nBody *x*\n\n</details>\n\n<img alt="Pic" src="a">\n')).toEqual(['[summary] More', '[p] Body <1>x</1>', '[alt] Pic']);
  });
  test('front matter: values that people read', async () => {
    expect(await units('---\ntitle: "A: b"\ndate: 2020-01-01\ndescription: plain text\nslug: no\nlayout: post\n---\n\nText\n')).toEqual(['[title] A: b', '[description] plain text', '[p] Text']);
    expect(await units('+++\ntitle = "A \\"b\\""\nweight = 1\n[params]\ntitle = "no"\n+++\nText\n')).toEqual(['[title] A "b"', '[p] Text']);
  });
});

describe('write', () => {
  test('escapes what would be markup, and nothing else', async () => {
    expect(await write('a\n\nb\n', { 'line-1': ['# 1 * 2 = snake_case (x) [y] a&b &amp; *c* <d> C:\\dir \\* 5 < 6'], 'line-3': ['1. – no list'] })).toBe(
      '\\# 1 * 2 = snake_case (x) [y] a&b \\&amp; \\*c\\* \\<d> C:\\dir \\\\\\* 5 < 6\n\n1\\. – no list\n');
  });
  test('keeps block markers, trailing marks and the final newline', async () => {
    expect(await write('# A #\r\n\r\n* b\r\n1) c\r\n\r\n| d |\r\n|---|\r\n| e |\r\n\r\nf\r\n---', { 'line-1': ['Á #'], 'line-3': ['- b'], 'line-6': ['d|d'], 'line-10': ['g'] })).toBe(
      '# Á \\# #\r\n\r\n* \\- b\r\n1) c\r\n\r\n| d\\|d |\r\n|---|\r\n| e |\r\n\r\ng\r\n---');
  });
  test('wraps again what was wrapped, in its quote, and begins no line with a list mark', async () => {
    expect(await write('> one two three four five\n> six seven eight.\n', { 'line-1': ['um dois três quatro cinco - 7. seis sete oito nove dez'] })).toBe('> um dois três quatro\n> cinco - 7. seis sete\n> oito nove dez\n');
  });
  test('links: references keep their definitions, titles and descriptions change inside', async () => {
    expect(await write('See [the door][] and ![pic](a "b") and [x](y "z").\n\n[the door]: u\n', {
      'line-1': [open(3), 'X', close(3), ': ', empty(2), ' e ', open(1), 'a porta', close(1)], 'line-1.2': ['f[o]to'], 'line-1.3': ['"B"'], 'line-1.4': ['Z'],
    })).toBe('[X](y "Z"): ![f\\[o\\]to](a "\\"B\\"") e [a porta][the door]\n\n[the door]: u\n');
  });
  test('emphasis that would not be read as such is helped', async () => {
    // White space goes outside; a mark between a letter and a quotation mark is none (CommonMark 6.2), so the letter becomes a reference.
    expect(await write('Say **it** now\n', { 'line-1': ['a ', open(1), ' x ', close(1), 'b'] })).toBe('a  **x** b\n');
    const text = await write('Say **it** now\n', { 'line-1': ['a', open(1), '„x“', close(1), 'b'] });
    expect(await units(text)).toEqual(['[p] a<1>„x“</1>b']);
  });
  test('tags that would run together are kept apart', async () => {
    expect(await write('Run `a` and `b` now\n', { 'line-1': [empty(1), empty(2), 'x'] })).toBe('`a`<!-- -->`b`x\n');
    expect(await write('Run it at www.c.de now\n', { 'line-1': ['x', empty(1), 'y'] })).toBe('x www.c.de y\n');
    expect(await write('One\\\ntwo\n', { 'line-1': ['Um dois', empty(1)] })).toBe('Um dois<br>\n');
  });
  test('a target of other markup stays text', async () => {
    const hostile = '![a](b) [c]: d {{ e }} $f$ www.g.com h@i.de http://j.k ``` ~~l~~ __m__';
    expect(await units(await write('x y\n', { 'line-1': [hostile] }))).toEqual([`[p] ${hostile}`]);
  });
  test('front matter is quoted as YAML and TOML ask', async () => {
    expect(await write('---\ntitle: Plain\nlang: en\n---\n', { 'line-2': ['Um: dois # três'] }, 'pt-BR')).toBe('---\ntitle: "Um: dois # três"\nlang: pt-BR\n---\n');
    expect(await write('+++\ntitle = "x"\n+++\n', { 'line-2': ['"y"\\'] })).toBe('+++\ntitle = "\\"y\\"\\\\"\n+++\n');
  });
  test('refuses broken tag sets and names the unit', async () => {
    const bytes = Buffer.from('x\n\nSay *yes* to `f`\n');
    expect(await brokenTags(md, bytes, 'line-3', [open(1), 'sim', empty(2)])).toEqual({ code: 'TAGS_BROKEN', unit: 'line-3' });
    expect(await brokenTags(md, bytes, 'line-3', ['sim'])).toEqual({ code: 'TAGS_BROKEN', unit: 'line-3' });
  });
  test('refuses a link inside a link, which Markdown can not hold', async () => {
    const error = await failure(() => md.write(Buffer.from('[a](b) [c](d)\n'), new Map([['line-1', [open(1), 'x ', open(2), 'y', close(2), close(1)]]]), OPTIONS));
    expect(error).toMatchObject({ code: 'TAGS_BROKEN', data: { unit: 'line-1' } });
  });
});

const DOCUMENT = 'A *b* **c** [d](e "t") `f` ![g](h)\nmore text\n\n# H *x* y\n\n> - a b\n>   c d\n\n| a | b *c* |\n|---|---|\n| d | [e](f) |\n\n[z]\n\n[z]: q "T"\n\nend\n===\n\n1. one\n2. two ~~x~~ b[^1]\n\n[^1]: Note _em_\n\nword $x^2$ {{y}} end\n';
const MARKS = ['*', '**', '_', '`', '```', '[z]', '](', '!', '<b>', '&amp;', '#', '-', '+', '1.', '2)', '>', '|', '\\', '~~', 'http://a.b', 'a@b.c', '{{', '}}', '$', '=', '---', '<!--', '[^1]:', ':', 'word', 'é', '日本', '“', '\u00a0', '5', '\n', '😀', ' '];

test('no text changes the block tree, and every text is read back', async () => {
  const { units: found } = await md.read(Buffer.from(DOCUMENT), OPTIONS);
  const text = fc.array(fc.constantFrom(...MARKS), { minLength: 1, maxLength: 8 }).map((marks) => `w${marks.join('')}`);
  await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 40, maxLength: 40 }), async (texts) => {
    let next = 0;
    const targets = new Map(found.map(({ id, source }) => [id, source.map((run) => (typeof run === 'string' ? (texts[next++ % texts.length] ?? '') : run))]));
    const written = Buffer.from(await md.write(Buffer.from(DOCUMENT), targets, OPTIONS)).toString();
    expect(blockTree(written)).toBe(blockTree(DOCUMENT));
    const squash = (value: string): string => value.replace(/\s+/g, '');
    expect((await md.read(Buffer.from(written), OPTIONS)).units.map(({ source }) => squash(plainText(source)))).toEqual(found.map(({ id }) => squash(plainText(targets.get(id) ?? []))));
  }), { numRuns: 30 });
});

test.each([
  ['deep quotes', '>'.repeat(20_000), 'FORMAT_LIMIT'],
  ['deep lists', Array.from({ length: 600 }, (_, i) => `${' '.repeat(i * 2)}- a`).join('\n'), 'FORMAT_LIMIT'],
  ['emphasis marks', '*a_ '.repeat(20_000), 'FORMAT_LIMIT'],
  ['brackets', '[a]'.repeat(50_000), 'FORMAT_LIMIT'],
  ['a paragraph of 100,000 lines', 'word\n'.repeat(100_000), 'FORMAT_LIMIT'],
  ['a line of 2 MB', 'wordword '.repeat(240_000), 'FORMAT_LIMIT'],
  ['shortcode openers', '{{ $a '.repeat(10_000), 'read'],
  ['NUL', 'a\0b', 'read'],
  ['a lone surrogate', Buffer.from('\ufeff# a\ud800b', 'utf16le'), 'read'],
])('hostile: %s', async (_name, text, outcome) => {
  expect((await answer(md, text)).outcome).toBe(outcome);
});

describe.skipIf(!hasDocuments)('documents of the test data', () => {
  test.each(documentsOf('md').map((document) => [document.name, document] as const))('%s', async (_name, document) => {
    expect(await writesNothingUnasked(md, document)).toBe(true);
    expect(await identityDifferences(md, document)).toEqual([]);
    expect(await pseudoDifferences(md, document)).toEqual([]);
    const { units: found } = await md.read(document.bytes, OPTIONS);
    const longer = await md.write(document.bytes, new Map(found.map(({ id, source }) => [id, pseudoRuns(source, { lengthen: true })])), OPTIONS);
    expect(blockTree(Buffer.from(longer).toString())).toBe(blockTree(Buffer.from(document.bytes).toString()));
  });
  test('finds what another framework finds, code aside, with no more codes', async () => {
    // Their filter knows no footnotes and takes `[^1]: ` for text; definitions' labels are text to it as well.
    const leftAlone = (bytes: Uint8Array): string[] => {
      const text = Buffer.from(bytes).toString();
      const collect = (nodes: readonly MarkdownNode[]): string[] => nodes.flatMap(({ type, start, end, children }) => (type === 'codeFenced' || type === 'codeIndented' || type === 'definition' || type === 'gfmFootnoteDefinition' ? [text.slice(start, end)] : collect(children)));
      return collect(parseMarkdown(text));
    };
    const { share, codes, theirCodes, files } = await coverage(md, ['md'], leftAlone);
    expect(files).toBe(12);
    expect(share).toBeGreaterThan(0.99);
    expect(codes).toBeLessThanOrEqual(theirCodes);
  });
});
