import { describe, expect, test } from 'vitest';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { answer, brokenTags, coverage, documentsOf, hasDocuments, identityDifferences, OPTIONS, pseudoDifferences, showUnits, writesNothingUnasked } from '../testing/invariants.ts';
import { html } from './html.ts';

const units = async (page: string | Uint8Array): Promise<string[]> => showUnits((await html.read(Buffer.from(page), OPTIONS)).units);
const write = async (page: string | Uint8Array, targets: Record<string, ReadonlyRuns>, language?: string): Promise<string> =>
  Buffer.from(await html.write(Buffer.from(page), new Map(Object.entries(targets)), language === undefined ? OPTIONS : { ...OPTIONS, to: language, setLanguage: true })).toString();
const open = (tag: number) => ({ tag, kind: 'open' }) as const;
const close = (tag: number) => ({ tag, kind: 'close' }) as const;
const empty = (tag: number) => ({ tag, kind: 'empty' }) as const;

describe('units', () => {
  test('one a block, white space collapsed, references decoded', async () => {
    expect(await units('<!DOCTYPE html><title>A &amp; B</title><body><h1>Big\n  news</h1><p>Caf&eacute;&nbsp;1&#8364;<p>Two<ul><li>x<li>y</ul>\n tail')).toEqual([
      '[title] A & B', '[h1] Big news', '[p] Café\u00a01€', '[p] Two', '[li] x', '[li] y', '[body] tail',
    ]);
  });
  test('markup within a sentence becomes tags, markup around it does not', async () => {
    const page = '<p> <b>Open the <a href="x">door</a></b> <i>now</i>.<br></p><p><em>All of it</em></p><p><img src="a"> Text <br> more</p>';
    const { units: [first, , third] } = await html.read(Buffer.from(page), OPTIONS);
    expect(await units(page)).toEqual(['[p] <1>Open the <2>door</2></1> <3>now</3>.', '[p] All of it', '[p] Text <1/> more']);
    expect(first?.tags).toEqual([
      { tag: 1, label: 'b', open: '<b>', close: '</b>', canDelete: true, canCopy: false },
      { tag: 2, label: 'a', open: '<a href="x">', close: '</a>', canDelete: true, canCopy: false },
      { tag: 3, label: 'i', open: '<i>', close: '</i>', canDelete: true, canCopy: false },
    ]);
    expect(third?.tags).toEqual([{ tag: 1, label: 'br', open: '<br>', equivalent: '\n', canDelete: true, canCopy: false }]);
  });
  test('attributes that people read, and no others', async () => {
    expect(await units(`<head><meta name="Description" content="About us"><meta property=og:title content='Our "house"'><meta name="viewport" content="width=device"><link title="Feed"></head>
      <img alt="A cat" title=Tom src="cat.png"><input type="submit" value="Send"><input type="text" value="typed" placeholder="Your name"><input type=hidden value=secret>
      <a aria-label="Close window" href="/about" title="{{ tip }}">×</a><select><optgroup label="Fruit"><option value="pear">Pear</option></optgroup></select><button value="go">Go</button>`)).toEqual([
      '[description] About us', '[og:title] Our "house"', '[alt] A cat', '[title] Tom', '[button] Send', '[placeholder] Your name', '[aria-label] Close window',
      '[label] Fruit', '[option] Pear', '[button] go', '[button] Go',
    ]);
  });
  test('scripts, styles, code blocks and what must not be translated are left alone', async () => {
    expect(await units(`<script>var a = "<p>no</p>";</script><style>p { content: "no" }</style><!-- <p>no</p> --><pre><code>int no;</code></pre>
      <p>Call <code>no()</code> or ask <span translate="no">No Corp <b>Ltd</b></span>.</p><div class="x notranslate"><p>no</p></div><ul><li translate=no>no<li>yes</ul>`)).toEqual([
      '[p] Call <1/> or ask <2/>.', '[li] yes',
    ]);
  });
  test('preformatted text keeps its white space', async () => {
    expect(await units('<pre>\n  a  <b>b</b>\n  c</pre><textarea> x\n y</textarea>')).toEqual(['[pre] \n  a  <1>b</1>\n  c', '[textarea]  x\n y']);
  });
  test('two line breaks end a paragraph, unless words on both sides share their markup', async () => {
    expect(await units('<div><font>One.<br> <BR>Two.</font></div><div>a <b>b<br><br>c</b> d</div>')).toEqual(['[div] One.', '[div] Two.', '[div] a <1>b<2/><3/>c</1> d']);
  });
  test('template code is kept out of the text', async () => {
    expect(await units('<?php if ($a > 1) { ?><p>Dear {{ user.name }}, you owe <?= $sum ?>.</p><?php } ?><p class="{% if x > 1 %}a{% endif %}">Cost: ${price} <% call %></p>')).toEqual([
      '[p] Dear <1/>, you owe <2/>.', '[p] Cost: <1/>',
    ]);
  });
  test('malformed markup keeps its order and its words', async () => {
    expect(await units('<table><p>a <b>b <i>c</b> d</i></table></span> e <p>f <1 & g &bogus; <b>h')).toEqual(['[p] a <1>b <2>c</1> d</2>', '[p] e', '[p] f <1 & g &bogus; <1/>h']);
  });
  test('XHTML: empty elements do not swallow the page', async () => {
    expect(await units('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a"/></head><body><p>One<br/>two</p></body></html>')).toEqual(['[p] One<1/>two']);
  });
  test('the declared encoding is obeyed', async () => {
    expect(await units(Buffer.from('<meta charset="windows-1251"><p>\xcf\xf0\xe8\xe2\xe5\xf2', 'latin1'))).toEqual(['[p] Привет']);
  });
});

describe('write', () => {
  test('changes the places of units only, and escapes what it must', async () => {
    const page = '<P CLASS=a >\n  Fish &amp; <b>chips</b>&nbsp;&copy;\n</P >\r\n<p>Untouched &mdash; &lt;</p>';
    expect(await write(page, { 'line-2': ['1 < 2 & "3" ', open(1), 'São', close(1), '\u00a0©'] })).toBe('<P CLASS=a >\n  1 &lt; 2 &amp; "3" <b>São</b>&nbsp;©\n</P >\r\n<p>Untouched &mdash; &lt;</p>');
  });
  test('attributes: inside a tag that moved, in the quotes they have or need', async () => {
    const page = `<p>See <img alt="A cat" src=c> and <a title='It is' href=x>this</a> <a title=Home>page</a></p>`;
    expect(await units(page)).toEqual(['[p] See <1/> and <2>this</2> <3>page</3>', '[alt] A cat', '[title] It is', '[title] Home']);
    expect(await write(page, { 'line-1': [open(2), 'Isto', close(2), ' e ', empty(1), open(3), ' lá', close(3)], 'line-1.2': ['Um "gato"'], 'line-1.3': ["D'água"], 'line-1.4': ['Casa nova'] })).toBe(
      `<p><a title='D&#39;água' href=x>Isto</a> e <img alt="Um &quot;gato&quot;" src=c><a title="Casa nova"> lá</a></p>`);
  });
  test('an attribute is written also when the text around it is not, and left out with a deleted tag', async () => {
    const page = '<p>See <img alt="A cat"> here</p>';
    expect(await write(page, { 'line-1.2': ['Gato'] })).toBe('<p>See <img alt="Gato"> here</p>');
    expect(await write(page, { 'line-1': ['Veja'], 'line-1.2': ['Gato'] })).toBe('<p>Veja</p>');
  });
  test('typed braces do not become template code', async () => {
    const page = await write('<p>x</p>', { 'line-1': ['{{ a }} ${b} {c} <?php'] });
    expect(page).toBe('<p>&#123;{ a }} $&#123;b} {c} &lt;?php</p>');
    expect(await units(page)).toEqual(['[p] {{ a }} ${b} {c} <?php']);
  });
  test('breaks that a translation brings together do not end the paragraph', async () => {
    const page = await write('<p>a<br>b<br>c</p>', { 'line-1': ['x', empty(1), ' ', empty(2), 'y'] });
    expect(page).toBe('<p>x<br>&#32;<br>y</p>');
    expect(await units(page)).toEqual(['[p] x<1/> <2/>y']);
  });
  test('a tag moved to the edge of its text is still told of', async () => {
    const page = await write('<p>a <b>b</b> <i>c</i></p>', { 'line-1': [open(1), 'x ', open(2), 'y', close(2), close(1)] });
    expect((await html.read(Buffer.from(page), OPTIONS)).units).toMatchObject([{ source: ['x ', open(1), 'y', close(1)], around: ['open b', 'close b'] }]);
  });
  test('characters that the encoding lacks become references', async () => {
    const bytes = Buffer.from('<meta charset=iso-8859-1><p>Caf\xe9</p>', 'latin1');
    const written = await html.write(bytes, new Map([['line-1', ['Café – 日']]]), OPTIONS);
    expect(Buffer.from(written).toString('latin1')).toBe('<meta charset=iso-8859-1><p>Caf\xe9 \x96 &#26085;</p>');
  });
  test('declares the language and its direction', async () => {
    expect(await write('<html lang=en-US dir="ltr"><meta http-equiv="Content-Language" content="en"><p>x', {}, 'ar')).toBe('<html lang="ar" dir="rtl"><meta http-equiv="Content-Language" content="ar"><p>x');
    expect(await write('<html class=a>x', {}, 'pt-BR')).toBe('<html class=a lang="pt-BR">x');
    expect(await write('<html xml:lang="he" dir=rtl>x</html>', {}, 'pt')).toBe('<html xml:lang="pt" dir="ltr">x</html>');
    expect(await write('<p lang="en">x</p>', {}, 'pt')).toBe('<p lang="en">x</p>');
  });
  test('refuses broken tag sets and names the unit', async () => {
    const bytes = Buffer.from('<p>x</p>\n<p>Say <b>yes</b> to <code>f</code></p>');
    expect(await brokenTags(html, bytes, 'line-2', ['Diga ', open(1), 'sim', empty(2)])).toEqual({ code: 'TAGS_BROKEN', unit: 'line-2' });
    expect(await brokenTags(html, bytes, 'line-2', ['Diga ', close(1), 'sim', open(1), empty(2)])).toEqual({ code: 'TAGS_BROKEN', unit: 'line-2' });
    expect(await brokenTags(html, bytes, 'line-2', ['Diga sim'])).toEqual({ code: 'TAGS_BROKEN', unit: 'line-2' });
  });
});

test.each([
  ['deep nesting', '<div>'.repeat(100_000) + 'x' + '</p>'.repeat(100_000), 'read'],
  ['deep inline nesting', '<b>'.repeat(20_000) + 'x' + '</b>'.repeat(20_000), 'read'],
  ['a hundred thousand attributes', `<a ${Array.from({ length: 100_000 }, (_, i) => `a${i}=1`).join(' ')}>x</a>`, 'read'],
  ['a paragraph of 5 MB', `<p>${'wordword '.repeat(600_000)}`, 'FORMAT_LIMIT'],
  ['unclosed template code', '{{ <? '.repeat(100_000), 'read'],
  ['NUL', '<p>a\0b<\0p>', 'read'],
  ['a lone surrogate', Buffer.from('\ufeff<p>a\ud800b', 'utf16le'), 'read'],
])('hostile: %s', async (_name, page, outcome) => {
  expect((await answer(html, page)).outcome).toBe(outcome);
});

describe.skipIf(!hasDocuments)('documents of the test data', () => {
  test.each(documentsOf('html', 'htm').map((document) => [document.name, document] as const))('%s', async (_name, document) => {
    expect(await writesNothingUnasked(html, document)).toBe(true);
    expect(await identityDifferences(html, document)).toEqual([]);
    expect(await pseudoDifferences(html, document)).toEqual([]);
  });
  test('finds what another framework finds, with no more codes', async () => {
    const { share, codes, theirCodes, files } = await coverage(html, ['html', 'htm']);
    expect(files).toBe(33);
    expect(share).toBeGreaterThan(0.99);
    expect(codes).toBeLessThanOrEqual(theirCodes);
  });
});
