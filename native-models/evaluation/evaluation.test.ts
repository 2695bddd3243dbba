/** The figures below that are not reckoned by hand are those of sacreBLEU 2.6.0 on the same texts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BleuOptions, corpusBleu, sentenceBleu } from './bleu.ts';
import { tokenizeForBleu } from './bleu-tokenizers.ts';
import { type ChrfOptions, corpusChrf, sentenceChrf } from './chrf.ts';
import { formatScore } from './signature.ts';
import { tercomEdits } from './tercom-edits.ts';
import type { TercomOptions } from './tercom-tokenizer.ts';
import { corpusTer, sentenceTer } from './ter.ts';

const HYPOTHESES = [
  'The contract ends on 31 December 2026.',
  'She paid 1,250.50 euros - not more (she said).',
  'Press "Save" & wait ten seconds.',
  '',
  'Der Bericht wurde gestern an alle Mitglieder gesendet.',
  '合同 将于2026年终止。',
  'on Monday the goods will arrive at the northern port',
  'It\'s the user\'s file, isn\'t it?',
];
const REFERENCES = [
  'The agreement ends on December 31, 2026.',
  'She paid 1,250.50 euros, not more (so she said).',
  'Press &quot;Save&quot; and wait for ten seconds.',
  'Nothing was said.',
  'Gestern wurde der Bericht an alle Mitglieder verschickt.',
  '本合同将于2026年终止。',
  'the goods will arrive at the northern port on Monday',
  'It is the file of the user, isn\'t it?',
];
const SECOND = [
  'The contract will end on 31 December 2026.',
  'She paid 1,250.50 euros and no more, she said.',
  'Press Save, then wait ten seconds.',
  'No one said anything.',
  'Der Bericht ging gestern an alle Mitglieder.',
  '合同于2026年终止。',
  'On Monday, the goods arrive in the port in the north',
  'It\'s the user\'s file, is it not?',
];
const ONE = [REFERENCES], TWO = [REFERENCES, SECOND];
const told = ({ score, signature }: { score: number; signature: string }): string => `${signature} = ${formatScore(score)}`;

describe('BLEU', () => {
  it.each<[BleuOptions, one: string, two: string, rest: string]>([
    [{}, '38.67', '59.75', 'case:mixed|eff:no|tok:13a|smooth:exp'],
    [{ tokenizer: 'intl' }, '36.11', '62.12', 'case:mixed|eff:no|tok:intl|smooth:exp'],
    [{ tokenizer: 'zh' }, '40.56', '62.26', 'case:mixed|eff:no|tok:zh|smooth:exp'],
    [{ tokenizer: 'char' }, '65.38', '81.98', 'case:mixed|eff:no|tok:char|smooth:exp'],
    [{ tokenizer: 'none' }, '28.76', '48.48', 'case:mixed|eff:no|tok:none|smooth:exp'],
    [{ lowercase: true }, '39.41', '59.75', 'case:lc|eff:no|tok:13a|smooth:exp'],
    [{ smoothing: 'floor' }, '38.67', '59.75', 'case:mixed|eff:no|tok:13a|smooth:floor[0.10]'],
    [{ smoothing: 'add-k' }, '39.94', '60.67', 'case:mixed|eff:no|tok:13a|smooth:add-k[1.00]'],
  ])('of a corpus with %j is that of sacreBLEU', (options, one, two, rest) => {
    expect([told(corpusBleu(HYPOTHESES, ONE, options)), told(corpusBleu(HYPOTHESES, TWO, options))]).toEqual([`nrefs:1|${rest}|version:2.6.0 = ${one}`, `nrefs:2|${rest}|version:2.6.0 = ${two}`]);
  });

  it.each<[BleuOptions, string[]]>([
    [{}, ['15.85', '48.00', '39.94', '0.00', '21.11', '0.00', '83.07', '26.30']],
    [{ smoothing: 'floor' }, ['8.43', '48.00', '39.94', '0.00', '14.11', '0.00', '83.07', '26.30']],
    [{ smoothing: 'none', effectiveOrder: false }, ['0.00', '48.00', '39.94', '0.00', '0.00', '0.00', '83.07', '26.30']],
  ])('of sentences with %j is that of sacreBLEU', (options, expected) => {
    expect(HYPOTHESES.map((text, i) => formatScore(sentenceBleu(text, [REFERENCES[i] ?? ''], options).score))).toEqual(expected);
  });

  it('is what one reckons by hand', () => {
    // 5 of 6 words, 3 of 5 pairs, 1 of 4 triples, no quadruple of 3, which counts as half a one.
    const { score, matches, totals, precisions, brevityPenalty } = sentenceBleu('the cat sat on the mat', ['the cat is on the mat']);
    expect([matches, totals, precisions, brevityPenalty]).toEqual([[5, 3, 1, 0], [6, 5, 4, 3], [500 / 6, 60, 25, 100 / 6], 1]);
    expect(score).toBeCloseTo(100 * (5 / 6 * 3 / 5 / 4 / 6) ** 0.25, 10);
    expect(sentenceBleu('a b c d', ['a b c d e f']).score).toBeCloseTo(100 * Math.exp(1 - 6 / 4), 10);
    expect(sentenceBleu('a b', ['a b']).score).toBeCloseTo(100, 10);
    expect(corpusBleu(['a b'], [['a b']]).score).toBe(0);
    // Three times "the" against one, or two where another reference has them.
    expect(sentenceBleu('the the the', ['the cat']).matches[0]).toBe(1);
    expect(sentenceBleu('the the the', ['the cat', 'the cat on the mat']).matches[0]).toBe(2);
  });

  it('splits words as mteval does', () => {
    expect([
      tokenizeForBleu('It costs $1,250.50 (net), i.e. 3-4 % "more".', '13a'),
      tokenizeForBleu('Tom &amp; &quot;Jerry&quot;, 1990-2000, e-mail', '13a'),
      tokenizeForBleu('„Größe“ 1,5 — 20 €', 'intl'),
      tokenizeForBleu('合同2026年', 'zh'),
      tokenizeForBleu('ab 😀', 'char'),
    ]).toEqual([
      ['It', 'costs', '$', '1,250.50', '(', 'net', ')', ',', 'i', '.', 'e', '.', '3', '-', '4', '%', '"', 'more', '"', '.'],
      ['Tom', '&', '"', 'Jerry', '"', ',', '1990', '-', '2000', ',', 'e-mail'],
      ['„', 'Größe', '“', '1,5', '—', '20', '€'],
      ['合', '同', '2026', '年'],
      ['a', 'b', '😀'],
    ]);
  });
});

describe('chrF', () => {
  it.each<[ChrfOptions, name: string, one: string, two: string, rest: string]>([
    [{}, 'chrF2', '61.60', '75.98', 'case:mixed|eff:yes|nc:6|nw:0|space:no'],
    [{ wordOrder: 2 }, 'chrF2++', '60.34', '74.02', 'case:mixed|eff:yes|nc:6|nw:2|space:no'],
    [{ wordOrder: 2, lowercase: true, epsilonSmoothing: true }, 'chrF2++', '61.50', '74.02', 'case:lc|eff:no|nc:6|nw:2|space:no'],
    [{ characterOrder: 4, beta: 1, whiteSpace: true }, 'chrF1', '75.50', '82.51', 'case:mixed|eff:yes|nc:4|nw:0|space:yes'],
  ])('of a corpus with %j is that of sacreBLEU', (options, name, one, two, rest) => {
    const [first, second] = [corpusChrf(HYPOTHESES, ONE, options), corpusChrf(HYPOTHESES, TWO, options)];
    expect([first.name, told(first), told(second)]).toEqual([name, `nrefs:1|${rest}|version:2.6.0 = ${one}`, `nrefs:2|${rest}|version:2.6.0 = ${two}`]);
  });

  it('of sentences is that of sacreBLEU', () => {
    expect(HYPOTHESES.map((text, i) => formatScore(sentenceChrf(text, [REFERENCES[i] ?? ''], { wordOrder: 2 }).score))).toEqual(['47.61', '79.69', '39.65', '0.00', '55.22', '78.87', '93.84', '50.36']);
  });

  it('is what one reckons by hand', () => {
    // a, b of a, b, c and ab of ab, bc: precision 1, recall (2/3 + 1/2) / 2; triples the hypothesis has none of.
    const recall = (2 / 3 + 1 / 2) / 2;
    expect(sentenceChrf('ab', ['a bc'], { characterOrder: 3 }).score).toBeCloseTo((100 * 5 * recall) / (4 + recall), 10);
  });
});

describe('TER', () => {
  it.each<[TercomOptions, one: string, two: string, rest: string]>([
    [{}, '46.30', '37.38', 'case:lc|tok:tercom|norm:no|punct:yes|asian:no'],
    [{ normalized: true }, '31.34', '25.76', 'case:lc|tok:tercom|norm:yes|punct:yes|asian:no'],
    [{ noPunctuation: true }, '40.74', '28.04', 'case:lc|tok:tercom|norm:no|punct:no|asian:no'],
    [{ caseSensitive: true }, '48.15', '37.38', 'case:mixed|tok:tercom|norm:no|punct:yes|asian:no'],
    [{ normalized: true, asianSupport: true, noPunctuation: true }, '29.03', '22.76', 'case:lc|tok:tercom|norm:yes|punct:no|asian:yes'],
  ])('of a corpus with %j is that of sacreBLEU', (options, one, two, rest) => {
    expect([told(corpusTer(HYPOTHESES, ONE, options)), told(corpusTer(HYPOTHESES, TWO, options))]).toEqual([`nrefs:1|${rest}|version:2.6.0 = ${one}`, `nrefs:2|${rest}|version:2.6.0 = ${two}`]);
  });

  it('of sentences is that of sacreBLEU', () => {
    expect(HYPOTHESES.map((text, i) => formatScore(sentenceTer(text, [REFERENCES[i] ?? '']).score))).toEqual(['42.86', '44.44', '42.86', '100.00', '37.50', '200.00', '10.00', '66.67']);
  });

  it('normalizes references twice, as sacreBLEU does', () => {
    expect(sentenceTer("it's d", ["it's it's IT'S,"], { normalized: true })).toMatchObject({ edits: 5, referenceLength: 7 });
  });

  it('counts a sequence of words at another place as one edit', () => {
    const edits = (hypothesis: string, reference: string): number => tercomEdits(hypothesis.split(' '), reference.split(' '));
    expect([edits('e f g a b c d', 'a b c d e f g'), edits('a b c', 'a c'), edits('a c', 'a b c'), edits('a x c', 'a b c'), edits('b c a x', 'a b c y')]).toEqual([1, 1, 1, 1, 2]);
    expect([sentenceTer('', ['a b']).score, sentenceTer('a b', ['']).score, sentenceTer('', ['']).score]).toEqual([100, 100, 0]);
  });
});

describe('all scores', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c', 'dog', 'Dog', 'x,', '2,5'), { minLength: 4, maxLength: 12 });
  const texts = words.map((list) => list.join(' '));
  const runs = { numRuns: 300 };

  it('are perfect for the reference itself, and only there', () => {
    fc.assert(fc.property(texts, texts, (text, other) => {
      expect([corpusBleu([text], [[text]]).score, corpusChrf([text], [[text]], { wordOrder: 2 }).score, corpusTer([text], [[text]]).score].map((score) => formatScore(score))).toEqual(['100.00', '100.00', '0.00']);
      if (text.toLowerCase() !== other.toLowerCase()) expect(corpusTer([text], [[other]]).edits).toBeGreaterThan(0);
    }), runs);
  });

  it('do not depend on the order of the segments, and a further reference never hurts', () => {
    fc.assert(fc.property(fc.array(fc.tuple(texts, texts, texts), { minLength: 1, maxLength: 5 }), (rows) => {
      const scores = (list: typeof rows, sets: number): number[] => {
        const hypotheses = list.map(([text]) => text), references = [1, 2].slice(0, sets).map((set) => list.map((row) => row[set] ?? ''));
        return [corpusBleu(hypotheses, references).score, corpusChrf(hypotheses, references).score, corpusTer(hypotheses, references).score].map((score) => Math.round(score * 1e6));
      };
      expect(scores([...rows].reverse(), 2)).toEqual(scores(rows, 2));
      const sums = (sets: number): number => corpusBleu(rows.map(([text]) => text), [1, 2].slice(0, sets).map((set) => rows.map((row) => row[set] ?? ''))).matches.reduce((a, b) => a + b);
      expect(sums(2)).toBeGreaterThanOrEqual(sums(1));
    }), runs);
  });

  it('TER never takes more edits than without shifts', () => {
    fc.assert(fc.property(words, words, (hypothesis, reference) => {
      expect(tercomEdits(hypothesis, reference)).toBeLessThanOrEqual(levenshtein(hypothesis, reference));
    }), runs);
  });

  it('need as many references as hypotheses', () => {
    for (const score of [corpusBleu, corpusChrf, corpusTer]) {
      expect(() => score(['a'], [['a', 'b']])).toThrow('There are 1 hypotheses and 2 references.');
      expect(() => score(['a'], [])).toThrow('There is no reference to compare with.');
    }
  });
});

function levenshtein(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, word] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) next.push(Math.min((row[j] ?? 0) + (word === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row.at(-1) ?? 0;
}
