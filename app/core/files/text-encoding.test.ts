import { describe, expect, test } from 'vitest';
import { StudioError } from '../../contract/errors.ts';
import { declaredEncoding, decodeText, encodeText, unencodableCharacters } from './text-encoding.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** What a call throws, as far as people and programs see it. */
function failure(run: () => unknown): { code: string; message: string; data: unknown } {
  try { run(); } catch (error) {
    if (error instanceof StudioError) return { code: error.code, message: error.message, data: error.data };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('decodeText', () => {
  test.each([
    ['an empty file', bytes(), { text: '', encoding: 'utf-8', bom: false }],
    ['plain ASCII', bytes(0x61, 0x0d, 0x0a), { text: 'a\r\n', encoding: 'utf-8', bom: false }],
    ['UTF-8 with a mark', bytes(0xef, 0xbb, 0xbf, 0xc3, 0xa9), { text: 'é', encoding: 'utf-8', bom: true }],
    ['UTF-16LE with a mark', bytes(0xff, 0xfe, 0xe9, 0x00), { text: 'é', encoding: 'utf-16le', bom: true }],
    ['UTF-16BE with a mark', bytes(0xfe, 0xff, 0x00, 0xe9), { text: 'é', encoding: 'utf-16be', bom: true }],
    ['UTF-32LE with a mark', bytes(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), { text: 'a', encoding: 'utf-32le', bom: true }],
    ['UTF-16LE without a mark', bytes(0x61, 0, 0x62, 0, 0x0a, 0), { text: 'ab\n', encoding: 'utf-16le', bom: false }],
    ['UTF-16BE without a mark', bytes(0, 0x61, 0, 0x62, 0, 0x0a), { text: 'ab\n', encoding: 'utf-16be', bom: false }],
    ['a lone surrogate in UTF-16', bytes(0xff, 0xfe, 0x00, 0xd8, 0x61, 0x00), { text: '\ud800a', encoding: 'utf-16le', bom: true }],
    ['a second mark, which is text', bytes(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf), { text: '\ufeff', encoding: 'utf-8', bom: true }],
    ['NUL in UTF-8', bytes(0x61, 0x00, 0x62), { text: 'a\0b', encoding: 'utf-8', bom: false }],
  ])('%s', (_name, input, expected) => {
    const decoded = decodeText(input);
    expect(decoded).toEqual(expected);
    expect([...encodeText(decoded.text, decoded)]).toEqual([...input]);
  });

  test('believes the declaration of a document that is not UTF-8', () => {
    // "Příliš" in windows-1250.
    expect(decodeText(bytes(0x50, 0xf8, 0xed, 0x6c, 0x69, 0x9a), { declared: 'windows-1250' })).toEqual({ text: 'Příliš', encoding: 'windows-1250', bom: false });
  });
  test('does not believe a declaration that valid UTF-8 contradicts', () => {
    expect(decodeText(bytes(0xc3, 0xa9), { declared: 'iso-8859-1' })).toEqual({ text: 'é', encoding: 'utf-8', bom: false });
  });
  test('reads ISO-8859-1 as browsers do: as windows-1252', () => {
    expect(decodeText(bytes(0x93, 0x61, 0x94), { declared: 'ISO-8859-1' })).toEqual({ text: '“a”', encoding: 'windows-1252', bom: false });
  });
  test('tells Japanese from its bytes', () => {
    const source = '日本語の文章です。これは翻訳のための文書であり、文字コードの判定に使われます。';
    const shiftJis = encodeText(source, { encoding: 'shift_jis', bom: false });
    expect(decodeText(shiftJis)).toEqual({ text: source, encoding: 'shift_jis', bom: false });
  });
  test("obeys the user's choice", () => {
    expect(decodeText(bytes(0xe9), { encoding: 'ISO-8859-2' })).toEqual({ text: 'é', encoding: 'iso-8859-2', bom: false });
  });
  test('refuses a choice that loses bytes', () => {
    expect(failure(() => decodeText(bytes(0x61, 0xff), { encoding: 'utf8' }))).toEqual({ code: 'ENCODING_UNSUPPORTED', message: 'The file is not valid utf-8: reading it so would lose some of its bytes.', data: { tried: ['utf-8'] } });
    expect(failure(() => decodeText(bytes(0x61), { encoding: 'klingon' })).code).toBe('ENCODING_UNSUPPORTED');
    expect(failure(() => decodeText(bytes(0x61), { encoding: 'base64' })).code).toBe('ENCODING_UNSUPPORTED');
  });
  test('refuses UTF-8 with a damaged byte instead of reading it as something else', () => {
    const damaged = new Uint8Array([...Buffer.from('Приветствуем вас в студии перевода'), 0xff]);
    expect(failure(() => decodeText(damaged))).toEqual({ code: 'ENCODING_UNSUPPORTED', message: 'The encoding of the file could not be told: utf-8 would lose some of its bytes.', data: { tried: ['utf-8'] } });
  });
  test('refuses half a UTF-16 code unit', () => {
    expect(failure(() => decodeText(bytes(0xff, 0xfe, 0x61))).data).toEqual({ tried: ['utf-16le'] });
  });
});

test.each([
  ['<?xml version="1.0" encoding="ISO-8859-2"?><a/>', 'ISO-8859-2'],
  ["<?xml version='1.0'\n encoding='utf-16' standalone='yes'?>", 'utf-16'],
  ['<html><head><META http-equiv=Content-Type content="text/html; charset=koi8-r">', 'koi8-r'],
  ['<meta charset=big5>', 'big5'],
  ['<p>charset=big5</p>', undefined],
])('declaredEncoding(%s)', (head, expected) => {
  expect(declaredEncoding(Buffer.from(head))).toBe(expected);
});

describe('encodeText', () => {
  test('refuses characters that the encoding lacks, and names them', () => {
    expect(failure(() => encodeText('naïve ω 日 ω', { encoding: 'windows-1252', bom: false }))).toEqual({
      code: 'ENCODING_UNSUPPORTED', message: 'The file is in windows-1252, which has no “ω” (U+03C9), “日” (U+65E5).', data: { encoding: 'windows-1252', characters: ['ω', '日'] },
    });
  });
  test('refuses lone surrogates in UTF-8', () => {
    expect(failure(() => encodeText('a\ud800', { encoding: 'utf-8', bom: false })).message).toBe('The file is in utf-8, which has no U+D800.');
  });
  test('unencodableCharacters', () => {
    expect(unencodableCharacters('aéβ?', 'iso-8859-1')).toEqual(['β']);
    expect(unencodableCharacters('aéβ', 'utf-8')).toEqual([]);
  });
});
