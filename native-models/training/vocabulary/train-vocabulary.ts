/** Trains a vocabulary from the lines of a corpus: a `.model` file that this studio, Marian and Google's SentencePiece read. */
import { EngineError } from '../../engine/engine-error.ts';
import { encodeCharacterMap, nfkcRules } from './character-map.ts';
import { trainBpe } from './train-bpe.ts';
import { trainUnigram } from './train-unigram.ts';
import { encodeVocabularyFile, type VocabularyPiece } from './vocabulary-file.ts';
import { WordCounts } from './word-counts.ts';

export interface VocabularyOptions {
  readonly algorithm: 'unigram' | 'bpe';
  /** Pieces in all, special ones included; fewer come out where the corpus has no more. */
  readonly size: number;
  /** Share of the corpus' characters that get pieces, above 0 and at most 1; 0.9995 suits languages with many characters. */
  readonly characterCoverage: number;
  /** Spell characters without a piece as their bytes, in 256 pieces more. */
  readonly byteFallback: boolean;
  /** Texts that are always one token, e.g. tags. */
  readonly userDefined: readonly string[];
}

export type VocabularyProgress = { readonly stage: 'reading'; readonly lines: number } | { readonly stage: 'training'; readonly pieces: number; readonly wanted: number };

export interface TrainedVocabulary {
  /** The `.model` file. */
  readonly bytes: Uint8Array;
  readonly pieces: number;
  readonly lines: number;
  /** Different words of the corpus. */
  readonly words: number;
  readonly characters: number;
}

/** Marian's order: end of sentence is 0, unknown is 1. */
const SPECIAL: readonly VocabularyPiece[] = [{ text: '</s>', score: 0, type: 'control' }, { text: '<unk>', score: 0, type: 'unknown' }];
const LINES_A_REPORT = 10_000;

/** The map takes a fifth of a second to compute. */
let characterMap: Uint8Array | null = null;

/**
 * The same lines and options give the same bytes. Errors: INVALID_INPUT for a corpus without text, or a size that has no
 * room for its characters. Rejects with the signal's reason.
 */
export async function trainVocabulary(
  lines: Iterable<string> | AsyncIterable<string>,
  options: VocabularyOptions,
  { signal, report }: { signal?: AbortSignal; report?: (progress: VocabularyProgress) => void } = {},
): Promise<TrainedVocabulary> {
  characterMap ??= encodeCharacterMap(nfkcRules());
  const counts = new WordCounts(characterMap);
  for await (const line of lines) {
    counts.add(line);
    if (counts.lines % LINES_A_REPORT !== 0) continue;
    signal?.throwIfAborted();
    report?.({ stage: 'reading', lines: counts.lines });
  }
  if (counts.words.size === 0) throw new EngineError('INVALID_INPUT', 'The corpus has no text to learn a vocabulary from.', 'Give a corpus with at least a few hundred sentences.');
  const userDefined = [...new Set(options.userDefined)];
  const words = new Map([...counts.words].filter(([word]) => !userDefined.some((text) => word.includes(text))));
  const characters = counts.characters(options.characterCoverage);
  const fixed = [...SPECIAL, ...userDefined.map((text): VocabularyPiece => ({ text, score: 0, type: 'userDefined' })), ...(options.byteFallback ? BYTES : [])];
  const learned = options.size - fixed.length;
  if (learned < characters.size)
    throw new EngineError('INVALID_INPUT', `A vocabulary of ${options.size} pieces has no room for the ${characters.size} characters of this corpus.`,
      `Ask for at least ${characters.size + fixed.length} pieces, or cover fewer characters.`);
  const train = options.algorithm === 'bpe' ? trainBpe : trainUnigram;
  const found = await train(words, characters, learned, { signal, report: (pieces, wanted) => report?.({ stage: 'training', pieces, wanted }) });
  signal?.throwIfAborted();
  const pieces = [...fixed, ...found.map(([text, score]): VocabularyPiece => ({ text, score, type: 'normal' }))];
  const { algorithm, characterCoverage, byteFallback } = options;
  const bytes = encodeVocabularyFile({ algorithm, pieces, characterMap, characterCoverage, byteFallback });
  return { bytes, pieces: pieces.length, lines: counts.lines, words: counts.words.size, characters: characters.size };
}

/** `<0x00>` to `<0xFF>` */
const BYTES: readonly VocabularyPiece[] = Array.from({ length: 256 }, (_, byte) => ({ text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, score: 0, type: 'byte' }));
