import { expect, test } from 'vitest';
import { StudioError } from '../../contract/errors.ts';
import { detectFormat, formatById, formats } from './registry.ts';

const detect = (name: string, text: string, encoding: BufferEncoding = 'utf8'): string => detectFormat(Buffer.from(text, encoding), name).id;

test.each([
  ['notes.txt', 'Hello', 'txt'],
  ['LICENSE', 'Hello', 'txt'],
  ['a.b/README', 'Hello', 'txt'],
  ['page.HTM', 'Hello', 'html'],
  ['page', '<!DOCTYPE html><p>x', 'html'],
  ['about.md', '# x', 'md'],
  ['film.srt', '', 'srt'],
  ['film.txt', '1\r\n00:00:01,000 --> 00:00:02,000\r\nx\r\n', 'srt'],
  ['film', 'WEBVTT\n\n00:01.000 --> 00:02.000\nx\n', 'vtt'],
  ['messages.po', 'msgid ""\nmsgstr ""\n', 'po'],
  ['a.xlf', '<?xml version="1.0"?><xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"></xliff>', 'xliff12'],
  ['a.xlf', '<?xml version="1.0"?><xliff version="2.1" xmlns="urn:oasis:names:tc:xliff:document:2.0"></xliff>', 'xliff2'],
])('%s is %s', (name, text, id) => {
  expect(detect(name, text)).toBe(id);
});

test.each([['picture.png', '\x89PNG\r\n\x1a\n\0'], ['program', '\x7fELF\x01\0'], ['data.bin', 'text']])('%s is refused with what is supported', (name, text) => {
  let error: unknown;
  try { detect(name, text, 'latin1'); } catch (thrown) { error = thrown; }
  expect(error).toBeInstanceOf(StudioError);
  expect(error).toMatchObject({ code: 'FORMAT_UNKNOWN', data: { file: name, supported: formats.map(({ id }) => id) } });
});

test('ids are unique and found again', () => {
  expect(new Set(formats.map(({ id }) => id)).size).toBe(formats.length);
  for (const format of formats) expect(formatById(format.id)).toBe(format);
});
