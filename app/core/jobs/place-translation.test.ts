import { describe, expect, it } from 'vitest';
import type { Runs, Tag } from '../../contract/shapes.ts';
import type { Link } from '../../../native-models/engine/engine.ts';
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

describe('placeTranslation', () => {
  it('is the text where there are no tags', () => expect([place(['One'], [], 'One', 'Um', []), place(['One'], [], 'One', '', [])]).toEqual([['Um'], []]));

  it('puts a pair around the words that it is aligned with', () =>
    expect(place(['Press the ', open(1), 'red button', close(1), ' now.'], [tag(1, 'b')], 'Press the red button now.', 'Prima agora o botão vermelho.', [[0, 0], [1, 2], [2, 4], [3, 3], [4, 1], [5, 5]]))
      .toEqual(['Prima agora o ', open(1), 'botão vermelho', close(1), '.']));

  it('puts a line break where the translation has one, and pairs on either side of it in their line', () =>
    expect(place([open(1), 'Dear', close(1), ' Anna,', empty(2), 'thank ', open(3), 'you', close(3)], [tag(1, 'b'), tag(2, 'br', '\n'), tag(3, 'i')], 'Dear Anna,\nthank you', 'Cara Anna,\nobrigado a si', [[0, 0], [1, 1], [2, 2], [3, 3], [4, 5]]))
      .toEqual([open(1), 'Cara', close(1), ' Anna,', empty(2), 'obrigado a ', open(3), 'si', close(3)]));

  it('keeps a line break of the text itself apart from one that is a tag', () =>
    expect(place(['a\nb', empty(1), 'c'], [tag(1, 'br', '\n')], 'a\nb\nc', 'A\nB\nC', [])).toEqual(['A\nB', empty(1), 'C']));

  it('keeps every tag when the translation has lost the line breaks', () =>
    expect(place(['one', empty(1), 'two'], [tag(1, 'br', '\n')], 'one\ntwo', 'um dois', [[0, 0], [1, 1]]).filter((run) => typeof run !== 'string')).toEqual([empty(1)]));

  it('puts a tag in place of the hyphen that it stands for', () =>
    expect(place(['co', empty(1), 'operate now'], [tag(1, 'hyphen', '-')], 'co-operate now', 'co-operar agora', [])).toEqual(['co', empty(1), 'operar agora']));

  it('does not leave the space that a tab stood for', () =>
    expect(place(['Name:', empty(1), 'value'], [tag(1, 'tab', ' ')], 'Name: value', 'Nome: valor', [[0, 0], [1, 1], [2, 2]])).toEqual(['Nome:', empty(1), 'valor']));
});
