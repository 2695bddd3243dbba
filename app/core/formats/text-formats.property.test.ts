/** No text that a translator or a model may write changes the structure of a text document: it is read back, or refused by name. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StudioError } from '../../contract/errors.ts';
import { plainText } from '../segments/runs.ts';
import { html } from './html/html.ts';
import { OPTIONS } from './testing/invariants.ts';
import { srt, vtt } from './srt/srt.ts';
import { txt } from './txt/txt.ts';

const MARKS = ['<', '>', '&', '&amp;', '&lt', '<b>', '</p>', '</textarea>', '</title>', '<!--', '-->', '"', "'", '\u00a0', '&#65;', 'é', '日本語', 'word', 'a', '  ', '\n', '\r\n', '\t', '{', '}', '{\\an8}', '- x', '-', '1', '00:00:01,000 --> 00:00:02,000', '😀', '\u200e', ']]>', 'a long stretch of words', '...', ' '];
const WRAPPED = 'A paragraph of several lines, each of which is as\nlong as it can be at this width, and which goes\non for a while.\nA short line\nThe next paragraph begins without a blank line and\nends on its second line.\n\n- An item\n';

test.each([
  [html, '<title>q</title><p title="a">A <b>b</b> c<br>d <img alt="x y"> <code>q</code></p><textarea>t u</textarea><pre> x\n y</pre><input placeholder=hi><ul><li>a<li>b</ul>', []],
  [srt, '1\n00:00:01,000 --> 00:00:02,000\nA b <i>c</i>\nd e\n\n2\n00:00:03,000 --> 00:00:04,000\n- A\n- B\n', ['TAGS_BROKEN', 'INVALID_INPUT']],
  [vtt, 'WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>A b <i>c</i>\nd e\n', ['TAGS_BROKEN']],
  [txt, WRAPPED, []],
] as const)('$id', async (format, source, refusals) => {
  const bytes = Buffer.from(source);
  const { units } = await format.read(bytes, OPTIONS);
  const text = fc.array(fc.constantFrom(...MARKS), { minLength: 1, maxLength: 8 }).map((marks) => `w${marks.join('')}`);
  const squash = (value: string): string => value.replace(/\s+/g, '');
  await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 24, maxLength: 24 }), async (texts) => {
    let next = 0;
    const targets = new Map(units.map((unit) => [unit.id, unit.source.map((run) => (typeof run === 'string' ? (texts[next++] ?? '') : run))]));
    let written: Uint8Array;
    try {
      written = await format.write(bytes, targets, OPTIONS);
    } catch (error) {
      expect(error instanceof StudioError && refusals.some((code) => code === error.code) && targets.has(String(error.data['unit']))).toBe(true);
      return;
    }
    expect((await format.read(written, OPTIONS)).units.map((unit) => squash(plainText(unit.source)))).toEqual(units.map(({ id }) => squash(plainText(targets.get(id) ?? []))));
  }), { numRuns: 100 });
});
