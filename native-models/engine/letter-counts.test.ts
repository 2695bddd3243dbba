import { expect, it } from 'vitest';
import { countLetters } from './letter-counts.ts';

it('counts letters and numbers of every script, and those of dense scripts', () => {
  expect(countLetters('Água, 3 m² – ½ l')).toEqual({ letters: 9, dense: 0 });
  expect(countLetters('Привет, κόσμε! ')).toEqual({ letters: 11, dense: 0 });
  expect(countLetters('漢字かなカナ한글 a')).toEqual({ letters: 9, dense: 8 });
  // Outside the basic plane: a Han character, a mathematical letter, an emoji.
  expect(countLetters('𠀋 𝐀 🙂')).toEqual({ letters: 2, dense: 1 });
  expect(countLetters('')).toEqual({ letters: 0, dense: 0 });
});
