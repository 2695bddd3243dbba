import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Runs, Tag } from '../../contract/shapes/text.ts';
import type { Link } from '../../../native-models/engine/engine.ts';
import { normalizeRuns } from '../segments/runs.ts';
import { tagsForModel } from './model-text.ts';
import { placeTranslation } from './place-translation.ts';

const tag = (n: number, label: string, equivalent?: string): Tag => ({ tag: n, label, open: '', canDelete: true, canCopy: false, ...(equivalent === undefined ? {} : { equivalent }) });
const open = (n: number) => ({ tag: n, kind: 'open' as const });
const close = (n: number) => ({ tag: n, kind: 'close' as const });
const empty = (n: number) => ({ tag: n, kind: 'empty' as const });
/** Links from word to word by their places: [source word, target word]. */
const linked = (sent: string, text: string, pairs: readonly (readonly [number, number])[]): Link[] => {
  const words = (of: string) => Array.from(of.matchAll(/[\p{L}\p{N}]+|\S/gu), ({ index, 0: word }): [number, number] => [index, index + word.length]);
  return pairs.map(([s, t]) => ({ source: words(sent)[s] ?? [0, 0], target: words(text)[t] ?? [0, 0], weight: 1 }));
};
const place = (source: Runs, tags: Tag[], sent: string, text: string, pairs: readonly (readonly [number, number])[]) => placeTranslation(source, tags, { text, links: linked(sent, text, pairs) });

describe('tagsForModel', () => {
  const word = (label: string, markup: string) => tagsForModel([{ ...tag(1, label), open: markup }])[0]?.equivalent;
  it.each([
    ['code', '`Debug`', 'Debug'], ['code', '``a`b``', 'a`b'], ['code', '<code class="x">ls -l</code>', 'ls -l'], ['math', '$x$', 'x'], ['s', '%s', '%s'], ['url', '<https://a.example/b>', 'https://a.example/b'],
    ['img', '<img src="a.png">', undefined], ['image', '![a dog](dog.png)', undefined], ['footnote', '<w:footnoteReference w:id="2"/>', undefined], ['code', `\`${'x'.repeat(80)}\``, undefined], ['code', '`a\nb`', undefined],
  ])('reads %s %s', (label, markup, text) => { expect(word(label, markup)).toBe(text); });

  it('reads a tab as a line break and leaves pairs and what has an equivalent alone', () =>
    expect(tagsForModel([tag(1, 'tab', ' '), { ...tag(2, 'b'), open: '**', close: '**' }, tag(3, 'br', '\n')]).map(({ equivalent }) => equivalent)).toEqual(['\n', undefined, '\n']));
});

describe('placeTranslation', () => {
  it('is the text where there are no tags', () => expect([place(['One'], [], 'One', 'Um', []), place(['One'], [], 'One', '', [])]).toEqual([['Um'], []]));

  it('puts a pair around the words that it is aligned with', () =>
    expect(place(['Press the ', open(1), 'red button', close(1), ' now.'], [tag(1, 'b')], 'Press the red button now.', 'Prima agora o botão vermelho.', [[0, 0], [1, 2], [2, 4], [3, 3], [4, 1], [5, 5]]))
      .toEqual(['Prima agora o ', open(1), 'botão vermelho', close(1), '.']));

  it('puts a line break where the translation has one, and pairs on either side of it in their line', () =>
    expect(place([open(1), 'Dear', close(1), ' Anna,', empty(2), 'thank ', open(3), 'you', close(3)], [tag(1, 'b'), tag(2, 'br', '\n'), tag(3, 'i')], 'Dear Anna,\nthank you', 'Cara Anna,\nobrigado a si', [[0, 0], [1, 1], [2, 2], [3, 3], [4, 5]]))
      .toEqual([open(1), 'Cara', close(1), ' Anna,', empty(2), 'obrigado a ', open(3), 'si', close(3)]));

  it('takes no notice of links from one line into another', () => {
    expect(place(['one ', open(2), 'two', close(2), empty(1), 'three'], [tag(1, 'br', '\n'), tag(2, 'b')], 'one two\nthree', 'um dois\ntrês quatro', [[0, 0], [1, 3]]))
      .toEqual(['um ', open(2), 'dois', close(2), empty(1), 'três quatro']);
    expect(place(['one two', empty(1), 'three ', open(2), 'four', close(2)], [tag(1, 'br', '\n'), tag(2, 'b')], 'one two\nthree four', 'um dois\ntrês quatro cinco', [[0, 0], [1, 1], [3, 1], [2, 2], [3, 3], [1, 4]]))
      .toEqual(['um dois', empty(1), 'três ', open(2), 'quatro', close(2), ' cinco']);
  });
  it('keeps a line break of the text itself apart from one that is a tag', () =>
    expect(place(['a\nb', empty(1), 'c'], [tag(1, 'br', '\n')], 'a\nb\nc', 'A\nB\nC', [])).toEqual(['A\nB', empty(1), 'C']));

  it('keeps every tag when the translation has lost the line breaks', () =>
    expect(place(['one', empty(1), 'two'], [tag(1, 'br', '\n')], 'one\ntwo', 'um dois', [[0, 0], [1, 1]]).filter((run) => typeof run !== 'string')).toEqual([empty(1)]));

  it('puts a tag in place of the hyphen that it stands for', () =>
    expect(place(['co', empty(1), 'operate now'], [tag(1, 'hyphen', '-')], 'co-operate now', 'co-operar agora', [])).toEqual(['co', empty(1), 'operar agora']));

  it('does not leave the space that a tag stood for', () =>
    expect(place(['Name:', empty(1), 'value'], [tag(1, 'space', ' ')], 'Name: value', 'Nome: valor', [[0, 0], [1, 1], [2, 2]])).toEqual(['Nome:', empty(1), 'valor']));

  const code = [tag(1, 'code', 'Debug'), tag(2, 'code', 'Clone'), tag(3, 'b')];
  it('puts words of code where the translation has them, in any order, and pairs around them', () => {
    expect(place(['Use ', open(3), empty(1), close(3), ' before ', empty(2), '.'], code, 'Use Debug before Clone.', 'Antes de Clone, use Debug.', [[0, 4], [1, 5], [2, 0], [3, 2], [4, 6]]))
      .toEqual(['Antes de ', empty(2), ', use ', open(3), empty(1), close(3), '.']);
  });

  it('takes out what the translation made of a word of code', () =>
    expect(place(['The ', empty(1), ' key.'], [tag(1, 'code', 'enter')], 'The enter key.', 'A tecla entrar.', [[0, 0], [1, 2], [2, 1], [3, 3]])).toEqual(['A tecla ', empty(1), '.']));

  it('leaves the full stop to the sentence, though it is linked with the word', () =>
    expect(placeTranslation(['In ', empty(1), '.'], [tag(1, 'code', 'C:\\Tmp')], { text: 'Em C:-Tmp.', links: [{ source: [0, 2], target: [0, 2], weight: 1 }, { source: [3, 9], target: [3, 8], weight: 1 }, { source: [3, 9], target: [8, 10], weight: 1 }] })).toEqual(['Em ', empty(1), '.']));

  it('takes the linked one of two equal words, and none of a longer word', () => {
    expect(place(['git uses ', empty(1), '.'], [tag(1, 'code', 'git')], 'git uses git.', 'git usa git.', [[0, 0], [1, 1], [2, 2], [3, 3]])).toEqual(['git usa ', empty(1), '.']);
    expect(place(['Digital ', empty(1), '.'], [tag(1, 'code', 'git')], 'Digital git.', 'Digital git.', [])).toEqual(['Digital ', empty(1), '.']);
  });

  it('keeps every tag once, whatever the translation and its links', () => {
    const tags = [tag(1, 'b'), tag(2, 'br', '\n'), tag(3, 'code', 'run'), tag(4, 'space', ' '), tag(5, 'img'), tag(6, 'code', '-')];
    const piece = fc.oneof(fc.constantFrom<Runs>(['run '], ['a b'], ['-'], ['\n'], ['x']), fc.constantFrom<Runs>([open(1)], [close(1)], [empty(2)], [empty(3)], [empty(4)], [empty(5)], [empty(6)]));
    const link = fc.tuple(fc.nat(20), fc.nat(5), fc.nat(20), fc.nat(5)).map(([s, sl, t, tl]): Link => ({ source: [s, s + sl], target: [t, t + tl], weight: 0.5 }));
    fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), fc.stringMatching(/^[arun \n-]{0,20}$/), fc.array(link, { maxLength: 5 }), (pieces, text, links) => {
      const seen = new Set<string>();
      const source = pieces.flat().filter((run) => typeof run === 'string' || (!seen.has(`${run.kind}${run.tag}`) && Boolean(seen.add(`${run.kind}${run.tag}`))));
      const keys = (runs: Runs) => runs.flatMap((run) => (typeof run === 'string' ? [] : [`${run.kind}${run.tag}`])).sort();
      expect(keys(placeTranslation(normalizeRuns(source), tags, { text, links }))).toEqual(keys(source));
    }), { numRuns: 3_000 });
  });
});
