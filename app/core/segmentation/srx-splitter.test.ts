import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../contract/errors.ts';
import { openSentenceRules } from './srx-rules.ts';
import { readSrx } from './srx-document.ts';
import { createSrxSplitter } from './srx-splitter.ts';

const RESOURCES = join(import.meta.dirname, '../../../resources');
const DATA = process.env['BITEXT_TEST_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');
const split = openSentenceRules(RESOURCES);

const sentences = (text: string, language: string): string[] => {
  const cuts = [0, ...split(text, language), text.length];
  return cuts.slice(1).map((end, i) => text.slice(cuts[i], end)).filter((part) => part !== '');
};

test.each([
  ['en', ['Dr. Lee paid $3.50 to Acme Inc. in May. ', 'It was late, i.e. after 5 p.m. on a Monday. ', '"Really?" she asked. ', 'Yes.']],
  ['de', ['Das ist z. B. ein Test am 3. Oktober 2025. ', 'Dr. Müller kommt um 5 Uhr. ', 'Er bringt Fr. Schmidt mit.']],
  ['fr', ['M. Dupont est là. ', 'Voir p. 12 et fig. 3. ', '« C’est fini. » ', 'Il part. ', 'Qu’est-ce ? ', 'Rien !']],
  ['es', ['El Sr. Pérez llegó. ', '¿Cómo está? ', '¡Bien! ', 'EE. UU. ganó. ', 'La Sra. López salió.']],
  ['pt-BR', ['O Sr. Silva chegou. ', 'Ver pág. 3 e art. 5.º da lei. ', 'A Dra. Ana saiu... ', 'Depois voltou.']],
  ['it', ['Il sig. Rossi è qui. ', 'Vedi p. es. il cap. 3. ', 'Dott.ssa Bianchi parla.']],
  ['nl', ['Zie bijv. blz. 3. ', 'De heer J. Jansen kwam. ', 'Dhr. Pietersen ook.']],
  ['da', ['Det er f.eks. den 3. maj. ', 'Hr. Jensen kom kl. 8. ', 'Han gik.']],
  ['pl', ['To jest np. test. ', 'Prof. Kowalski przyszedł. ', 'Dnia 3. maja było ciepło.']],
  ['ru', ['Я живу в г. Москва. ', 'В 2020 г. мы переехали. ', 'Т. е. давно. ', 'И. И. Иванов пришёл.']],
  ['el', ['Τι κάνεις; ', 'Καλά είμαι. ', 'Ευχαριστώ.']],
  ['ja', ['今日は晴れです。', '「本当ですか？」と彼は言った。', '明日は雨！', 'たぶん。']],
  ['zh-Hans', ['今天天气很好。', '他说：“你好！”', '我们走吧？', '好的。']],
  ['ar', ['مرحبا. ', 'كيف حالك؟ ', 'أنا بخير! ', 'شكرا.']],
  ['hi', ['यह एक वाक्य है। ', 'यह दूसरा है। ', 'क्या आप ठीक हैं? ', 'हाँ।']],
  ['sv', ['Hej världen. ', 'Detta är en mening. ', '3 till.']],
])('%s: abbreviations, quotes and numbers do not end a sentence, the rest does', (language, expected) => {
  expect(sentences(expected.join(''), language)).toEqual(expected);
});

test('a place is never inside a URL, an address, a number or a name of software', () => {
  const whole = 'Ask jane.doe@example.com about https://example.com/A.B?c=d. Next or v2.0.1 of System.Text in foo.Bar now';
  expect(sentences(whole, 'en')).toEqual(['Ask jane.doe@example.com about https://example.com/A.B?c=d. ', 'Next or v2.0.1 of System.Text in foo.Bar now']);
});

test('a text without an end mark is one sentence, and so is an empty one', () => {
  expect([split('', 'en'), split('Chapter 1', 'en'), split('   ', 'en')]).toEqual([[], [], []]);
});

test('the rules file is valid SRX 2.0', async ({ skip }) => {
  const schema = join(DATA, 'schemas/srx/srx20.xsd');
  skip(!existsSync(schema), 'no shared data');
  const result = await validateXML({
    xml: [{ fileName: 'bitext.srx', contents: readFileSync(join(RESOURCES, 'srx/bitext.srx'), 'utf8') }],
    schema: [{ fileName: 'srx20.xsd', contents: readFileSync(schema, 'utf8').replace(/<xs:import[^>]*xml\.xsd[^>]*>/, '') }],
  });
  expect(result.errors.map((error) => error.message)).toEqual([]);
});

describe('reading rules', () => {
  const srx = (header: string, maps: string) => `<srx version="2.0" xmlns="http://www.lisa.org/srx20"><header ${header}/><body><languagerules>
    <languagerule languagerulename="A"><rule break="no"><beforebreak>\\bDr\\.\\s</beforebreak><afterbreak>\\p{Lu}</afterbreak></rule></languagerule>
    <languagerule languagerulename="B"><rule break="yes"><beforebreak>[.]\\s</beforebreak><afterbreak></afterbreak></rule></languagerule>
    </languagerules><maprules>${maps}</maprules></body></srx>`;
  const A = '<languagemap languagepattern="(?i)en.*" languagerulename="A"/>', B = '<languagemap languagepattern=".*" languagerulename="B"/>';

  test('with cascade all matching rules apply in order, without it those of the first map only', () => {
    const text = 'Dr. No. Yes';
    expect(createSrxSplitter(readSrx(srx('cascade="yes"', A + B), 'x'))(text, 'EN')).toEqual([8]);
    expect(createSrxSplitter(readSrx(srx('cascade="yes"', B + A), 'x'))(text, 'EN')).toEqual([4, 8]);
    expect(createSrxSplitter(readSrx(srx('cascade="no"', A + B), 'x'))(text, 'EN')).toEqual([]);
  });

  test('a map without its rules and a file of another kind are refused', () => {
    const code = (xml: string) => { try { readSrx(xml, 'x.srx'); } catch (error) { return error instanceof StudioError ? error.code : error; } return null; };
    expect([code(srx('', '<languagemap languagepattern=".*" languagerulename="C"/>')), code('<tmx/>'), code('no xml')]).toEqual(['FORMAT_BROKEN', 'FORMAT_BROKEN', 'FORMAT_BROKEN']);
  });
});

describe.skipIf(!existsSync(join(DATA, 'segmentation')))('shared data: cases and rules that no one here wrote', () => {
  test('every English golden case', () => {
    const cases: { name: string; lang: string; input: string; expected: string[] }[] = JSON.parse(readFileSync(join(DATA, 'segmentation/english-golden.json'), 'utf8'));
    const wrong = cases.filter(({ input, lang, expected }) => JSON.stringify(sentences(input, lang).map((part) => part.trim().replace(/\s*\n\s*/g, ' '))) !== JSON.stringify(expected));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test("other tools' rules compile", () => {
    const folder = join(DATA, 'documents/srx');
    for (const file of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, file));
      const splitter = createSrxSplitter(readSrx(bytes.toString(bytes[0] === 0xff ? 'utf16le' : 'utf8'), file));
      expect(splitter('no end', 'en-US'), file).toEqual([]);
    }
  });
});
