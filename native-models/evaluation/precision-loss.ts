/** What a model loses by being run in fewer bits: its translations in both precisions, scored. */
import { corpusBleu } from './bleu.ts';
import { corpusChrf } from './chrf.ts';
import { formatScore } from './signature.ts';

export interface TranslationScores {
  /** 0 to 100 both */
  readonly bleu: number;
  readonly chrf: number;
}

export interface PrecisionLoss {
  readonly precision: 'int8' | 'float16';
  readonly sentences: number;
  /** Of the translations in that precision: against `references`, or against what the model says in float32. */
  readonly scores: TranslationScores;
  /** Of the translations in float32 against the same references; absent where there are none. */
  readonly float32?: TranslationScores;
}

export interface BothPrecisions {
  readonly precision: PrecisionLoss['precision'];
  readonly lower: readonly string[];
  readonly float32: readonly string[];
  /** Null: the translations in float32 are what the others are compared with. */
  readonly references: readonly string[] | null;
}

/** Throws EngineError INVALID_INPUT when the numbers of lines differ. */
export function precisionLoss({ precision, lower, float32, references }: BothPrecisions): PrecisionLoss {
  if (references === null) return { precision, sentences: lower.length, scores: scoresOf(lower, float32) };
  return { precision, sentences: lower.length, scores: scoresOf(lower, references), float32: scoresOf(float32, references) };
}

const scoresOf = (translations: readonly string[], references: readonly string[]): TranslationScores => ({
  bleu: toHundredths(corpusBleu(translations, [references]).score),
  chrf: toHundredths(corpusChrf(translations, [references]).score),
});

const toHundredths = (score: number): number => Math.round(score * 100) / 100;

/** `int8: 44.90 BLEU (-0.20), 67.10 chrF (-0.05) on 500 sentences`, or, without references, how like the two are. */
export function describePrecisionLoss({ precision, sentences, scores, float32 }: PrecisionLoss): string {
  const on = `${sentences.toLocaleString('en')} sentences`;
  if (float32 === undefined) return `${precision}: ${formatScore(scores.bleu)} BLEU, ${formatScore(scores.chrf)} chrF against its own translations in float32, on ${on}`;
  const change = (now: number, before: number): string => `${now < before ? '-' : '+'}${formatScore(Math.abs(now - before))}`;
  return `${precision}: ${formatScore(scores.bleu)} BLEU (${change(scores.bleu, float32.bleu)}), ${formatScore(scores.chrf)} chrF (${change(scores.chrf, float32.chrf)}) compared with float32, on ${on}`;
}
