import { describe, expect, it } from 'vitest';
import { SentencePieceTokenizer } from '../tokenizers/sentencepiece.ts';
import type { TranslationFlag } from './engine.ts';
import { sentenceCase } from './letter-case.ts';
import { prepareText } from './prepared-text.ts';
import { repairs } from './repair.ts';
import type { TextPart } from './text-plan.ts';
import { tinyVocabulary } from './testing/tiny-model-folder.ts';

const tokenizer = SentencePieceTokenizer.fromBytes(tinyVocabulary(), 'tiny.spm');
const prepare = (text: string) => prepareText({ start: 0, text, translate: true }, tokenizer, 'pt');

describe('text in capitals', () => {
  it('goes to the model in sentence case and comes back in capitals', () => {
    const prepared = prepare('NO SMOKING HERE!');
    expect(prepared.text).toBe('No smoking here!');
    expect(prepared.restore({ text: 'Não fumar aqui!', links: [] }).text).toBe('NÃO FUMAR AQUI!');
  });

  it('keeps addresses and placeholders as they are', () => {
    const prepared = prepare('PRESS %s AT HTTP://A.EXAMPLE/B');
    expect(prepared.text).toBe('Press %s at HTTP://A.EXAMPLE/B');
    expect(prepared.restore({ text: 'prima %s em HTTP://A.EXAMPLE/B', links: [] }).text).toBe('PRIMA %s EM HTTP://A.EXAMPLE/B');
  });

  it('is not an abbreviation, nor text with a small letter', () => {
    expect([sentenceCase('WHO'), sentenceCase('NASA'), sentenceCase('USB port'), sentenceCase('123 !')]).toEqual([null, null, null, null]);
    expect(sentenceCase('WARNING')).toBe('Warning');
  });
});

describe('what the vocabulary lacks', () => {
  /** Links of equal words of two texts of the same words. */
  const links = (source: string, target: string, pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([from, to]) => ({ source: [source.indexOf(from), source.indexOf(from) + from.length] as const, target: [target.indexOf(to), target.indexOf(to) + to.length] as const, weight: 1 }));

  it('is taken out, a placeholder as a whole, and put back by the words around it', () => {
    const prepared = prepare('Hello {name}, good day 👍');
    expect(prepared.text).toBe('Hello , good day ');
    const target = 'Bom dia, hello';
    const restored = prepared.restore({ text: target, links: links(prepared.text ?? '', target, [['Hello', 'hello'], ['good', 'Bom'], ['day', 'dia'], [',', ',']]) });
    expect(restored.text).toContain('{name}');
    expect(restored.text).toContain('👍');
  });

  it('keeps its white space and the links point to the right words again', () => {
    const text = 'have {n} cats';
    const prepared = prepare(text);
    expect(prepared.text).toBe('have  cats');
    const target = 'tem gatos';
    const restored = prepared.restore({ text: target, links: links('have  cats', target, [['have', 'tem'], ['cats', 'gatos']]) });
    expect(restored.text).toBe('tem {n} gatos');
    expect(restored.links.map(({ source, target: there }) => [text.slice(...source), restored.text.slice(...there)])).toEqual([['have', 'tem'], ['{n}', '{n}'], ['cats', 'gatos']]);
  });

  it('goes around the word that it stood around', () => {
    const prepared = prepare('use `cat` here');
    expect(prepared.text).toBe('use cat here');
    const target = 'aqui cat usar';
    expect(prepared.restore({ text: target, links: links('use cat here', target, [['use', 'usar'], ['cat', 'cat'], ['here', 'aqui']]) }).text).toBe('aqui `cat` usar');
  });

  it('leaves nothing for the model when it is all there is', () => {
    expect(prepare('日本語').text).toBe(null);
    expect(prepare('{name}').text).toBe(null);
  });
});

describe('the mark of an access key', () => {
  it('stays with its word', () => {
    const prepared = prepare('&Close');
    expect(prepared.text).toBe('Close');
    expect(prepared.restore({ text: 'Fechar', links: [{ source: [0, 5], target: [0, 6], weight: 1 }] }).text).toBe('&Fechar');
    expect(prepare('_File').text).toBe('File');
  });

  it('is not an ampersand between letters, an entity, or emphasis', () => {
    expect([prepare('AT%T').text, prepare('_emphasis_ here').text]).toEqual(['AT%T', prepare('_emphasis_ here').text]);
    const withoutAmpersand = prepare('AT&T and R&D');
    expect(withoutAmpersand.restore({ text: withoutAmpersand.text ?? '', links: [] }).text).toBe('AT&T and R&D');
  });
});

describe('a second try', () => {
  const shown = (part: TextPart): unknown => (!part.translate ? part.text : part.asSentence ? { sentence: part.text } : part.smallFirst ? { small: part.text } : { clause: part.text });
  const ways = (text: string, flags: readonly TranslationFlag[], unbalanced = false): unknown => repairs(text, { flags, unbalanced, lostLetters: 0 }).map((parts) => parts.map(shown));

  it('cuts around a lost address or placeholder', () => {
    expect(ways('Visit https://a.example/b or ask {who}.', ['url-changed'])).toEqual([[{ clause: 'Visit' }, ' ', 'https://a.example/b', ' ', { clause: 'or ask' }, ' ', '{who}', '.']]);
  });

  it('takes clause by clause, or a single clause as a sentence, for most faults', () => {
    expect(ways('If it rains, stay: 5 mm', ['number-changed'])).toEqual([[{ clause: 'If it rains,' }, ' ', { clause: 'stay:' }, ' ', { clause: '5 mm' }]]);
    expect(ways('`byte`', ['repetition-loop'])).toEqual([['`', { sentence: 'byte' }, '`']]);
    expect(ways('Fine.', ['repetition-loop'])).toEqual([]);
  });

  it('changes the end of a text of which something is lost, then its parts, then the first letter of a label', () => {
    expect(ways('No pets, please', ['text-lost'])).toEqual([[{ sentence: 'No pets, please' }], [{ clause: 'No pets,' }, ' ', { clause: 'please' }], [{ small: 'No pets, please' }]]);
    expect(ways('Dogs and cats stay free.', ['text-lost'])).toEqual([[{ clause: 'Dogs and cats stay free' }, '.']]);
    expect(ways('- Dogs and cats stay free.', ['text-lost'])).toEqual([['- ', { sentence: 'Dogs and cats stay free' }, '.']]);
    expect(ways('Remark', [], true)).toEqual([[{ sentence: 'Remark' }], [{ small: 'Remark' }]]);
  });

  it('shows a small first letter and gives a capital back', () => {
    const prepared = prepareText({ start: 0, text: 'Byte', translate: true, smallFirst: true }, tokenizer, 'pt');
    expect([prepared.text, prepared.restore({ text: 'octeto', links: [] }).text]).toEqual(['byte', 'Octeto']);
  });

  it('takes the full stop that it showed out of the translation', () => {
    const prepared = prepareText({ start: 0, text: 'byte', translate: true, asSentence: true }, tokenizer, 'pt');
    expect(prepared.text).toBe('byte.');
    expect(prepared.restore({ text: 'octeto.', links: [{ source: [0, 4], target: [0, 6], weight: 1 }, { source: [4, 5], target: [6, 7], weight: 1 }] }))
      .toEqual({ text: 'octeto', links: [{ source: [0, 4], target: [0, 6], weight: 1 }] });
  });
});
