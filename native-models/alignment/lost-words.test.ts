import { describe, expect, it } from 'vitest';
import { lostStretches } from './lost-words.ts';
import type { AlignedText } from './word-links.ts';

/** Tokens are the words and signs between spaces. */
function tokens(text: string): AlignedText {
  return { text, offsets: Int32Array.from([...text.matchAll(/\S+/g)].flatMap(({ index, 0: token }) => [index, index + token.length])) };
}

/** Each target token looks at one source token, by number; the last number is the end of the translation. */
function lost(source: string, target: string, looks: readonly number[]): string[] {
  const from = tokens(source);
  const columns = from.offsets.length / 2 + 1;
  const attention = new Float32Array(looks.length * columns);
  looks.forEach((column, row) => attention.fill(1, row * columns + column, row * columns + column + 1));
  return lostStretches(from, tokens(target), attention, columns).map(({ start, end }) => source.slice(start, end));
}

describe('words that nothing looks at', () => {
  it('are lost when they are several in a row', () => {
    expect(lost('the officer responsible for the arrest spoke today', 'o agente falou hoje', [0, 1, 6, 7, 8])).toEqual(['responsible for the arrest']);
  });

  it('are lost when they are the end', () => {
    expect(lost('Terms and conditions apply', 'Termos e condições', [0, 1, 2, 3])).toEqual(['apply']);
    expect(lost('Children stay free of charge .', 'Crianças ficam .', [0, 1, 5, 6])).toEqual(['free of charge']);
  });

  it('are lost when they are a whole clause in brackets, or a name', () => {
    expect(lost('The coast ( see below ) is long', 'A costa é longa', [0, 1, 6, 7, 8])).toEqual(['see below']);
    expect(lost('the region of Karabakh in winter', 'a região de inverno', [0, 1, 2, 5, 6])).toEqual(['Karabakh']);
    expect(lost('the region of Karabakh in winter', 'a região de Karabakh inverno', [0, 1, 2, 2, 5, 6])).toEqual([]);
  });

  it('are not when a sign alone stands for them', () => {
    expect(lost('Children stay free of charge', 'Crianças :', [0, 2, 1])).toEqual(['stay free of charge']);
  });

  it('are not missed singly, nor when short', () => {
    expect(lost('they came into existence in spring', 'surgiram na primavera', [1, 4, 5, 6])).toEqual([]);
    expect(lost('are limited , for the most , to the sea', 'limitam-se ao mar', [1, 7, 9, 10])).toEqual([]);
  });

  it('are none in a full translation, an empty one, or an empty text', () => {
    expect(lost('two words', 'duas palavras', [0, 1, 2])).toEqual([]);
    expect(lost('', '', [0])).toEqual([]);
  });
});

it('counts letters, more of a script without spaces', () => {
  const source: AlignedText = { text: '猫は魚を食べる', offsets: Int32Array.of(0, 1, 1, 2, 2, 3, 3, 4, 4, 7) };
  const attention = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
  expect(lostStretches(source, tokens('cats'), attention, 6)).toEqual([{ start: 1, end: 7, letters: 15 }]);
});
