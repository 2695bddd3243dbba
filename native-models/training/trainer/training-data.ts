/** A corpus made ready for training: read, split, with vocabularies that were trained on it, as token ids. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SentencePieceTokenizer } from '../../tokenizers/sentencepiece.ts';
import { encodePairs, type TrainingExample } from '../corpus/batches.ts';
import type { CorpusReport } from '../corpus/corpus-report.ts';
import { DEFAULT_HELD_OUT, splitHeldOut } from '../corpus/held-out.ts';
import { readCorpus, type CorpusColumns, type SentencePair } from '../corpus/read-corpus.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { writeWhole } from '../runs/checkpoint-file.ts';
import { trainVocabulary } from '../vocabulary/train-vocabulary.ts';
import type { VocabularySizes } from './model-families.ts';
import { TASK_COLUMNS, type TrainingTask, type TrainSettings } from './train-settings.ts';

export interface SplitTexts {
  readonly hash: string;
  readonly report: CorpusReport;
  readonly training: readonly SentencePair[];
  readonly heldOut: readonly SentencePair[];
}

export interface CorpusSource {
  readonly file: string;
  readonly task: TrainingTask;
  /** The task's own when absent. */
  readonly columns?: CorpusColumns;
}

/** Errors: INVALID_INPUT. Rejects with the signal's reason. */
export async function readTexts({ file, task, columns }: CorpusSource, { heldOut: most }: Pick<TrainSettings, 'heldOut'>, signal?: AbortSignal): Promise<SplitTexts> {
  // A summary or an answer is much shorter than its source.
  const limits = task === 'translation' ? {} : { maxRatio: Infinity, maxCharacters: 20_000 };
  const { pairs, report, hash } = await readCorpus(file, { columns: columns ?? TASK_COLUMNS[task], limits }, signal === undefined ? {} : { signal });
  return { hash, report, ...splitHeldOut(pairs, { ...DEFAULT_HELD_OUT, most }) };
}

export interface Vocabularies {
  readonly source: SentencePieceTokenizer;
  readonly target: SentencePieceTokenizer;
  readonly sizes: VocabularySizes;
  /** The `.model` files; the same twice for a joint vocabulary. */
  readonly files: readonly [source: Uint8Array, target: Uint8Array];
}

/** Files of vocabularies that exist already, instead of training them; the same twice for a joint one. */
export type GivenVocabularies = readonly [source: string, target: string];

/** Ids that the graphs know: the end of a sentence is 0, unknown text 1. */
const END = 0;
const UNKNOWN = 1;

/**
 * The vocabularies of a run: those that lie in its folder, else those given, else trained on the training part, and stored
 * there. Errors: INVALID_INPUT for a size that the corpus does not fit, or a vocabulary whose ids are laid out otherwise.
 */
export async function openVocabularies(runFolder: string, { training }: Pick<SplitTexts, 'training'>, { vocabulary }: Pick<TrainSettings, 'vocabulary'>, given: GivenVocabularies | null, signal?: AbortSignal): Promise<Vocabularies> {
  const joint = given === null ? vocabulary.joint : given[0] === given[1];
  const open = async (name: string, from: string | null, lines: () => Iterable<string>): Promise<Uint8Array> => {
    const file = path.join(runFolder, name);
    const known = await readFile(file).catch(() => null);
    if (known !== null) return known;
    const bytes = from === null ? await learned(lines(), vocabulary, signal) : await readFile(from);
    await writeWhole(file, [bytes]);
    return bytes;
  };
  const sources = (): Iterable<string> => training.map(({ source }) => source);
  const targets = (): Iterable<string> => training.map(({ target }) => target);
  if (joint) {
    const bytes = await open('joint.model', given?.[0] ?? null, () => [...sources(), ...targets()]);
    const tokenizer = tokenizerOf(bytes, 'joint.model');
    return { source: tokenizer, target: tokenizer, sizes: { source: tokenizer.size, target: tokenizer.size, joint }, files: [bytes, bytes] };
  }
  const files = [await open('source.model', given?.[0] ?? null, sources), await open('target.model', given?.[1] ?? null, targets)] as const;
  const [source, target] = [tokenizerOf(files[0], 'source.model'), tokenizerOf(files[1], 'target.model')];
  return { source, target, sizes: { source: source.size, target: target.size, joint }, files };
}

async function learned(lines: Iterable<string>, { algorithm, size, characterCoverage }: TrainSettings['vocabulary'], signal?: AbortSignal): Promise<Uint8Array> {
  return (await trainVocabulary(lines, { algorithm, size, characterCoverage, byteFallback: false, userDefined: [] }, signal === undefined ? {} : { signal })).bytes;
}

function tokenizerOf(bytes: Uint8Array, name: string): SentencePieceTokenizer {
  const tokenizer = SentencePieceTokenizer.fromBytes(bytes, name);
  if (tokenizer.eosId !== END || tokenizer.unkId !== UNKNOWN)
    throw new EngineError('INVALID_INPUT', `The vocabulary ${name} has the end of sentence at ${tokenizer.eosId} and the unknown token at ${tokenizer.unkId}; models are trained here with ${END} and ${UNKNOWN}.`, 'Let the training make a vocabulary, or use one made for Marian.');
  return tokenizer;
}

export interface EncodedTexts {
  readonly training: readonly TrainingExample[];
  readonly heldOut: readonly TrainingExample[];
  /** Training pairs left out for their length. */
  readonly tooLong: number;
}

/** Errors: INVALID_INPUT when nothing is short enough. */
export function encodeTexts({ training, heldOut }: Pick<SplitTexts, 'training' | 'heldOut'>, { source, target }: Vocabularies, { maxTokens }: Pick<TrainSettings, 'maxTokens'>): EncodedTexts {
  const encoded = encodePairs(training, source, target, maxTokens);
  const measured = encodePairs(heldOut, source, target, maxTokens);
  if (encoded.examples.length === 0 || measured.examples.length === 0)
    throw new EngineError('INVALID_INPUT', `No pair of the corpus has at most ${maxTokens} tokens on both sides.`, 'Raise "maxTokens", or use a larger vocabulary.');
  return { training: encoded.examples, heldOut: measured.examples, tooLong: training.length - encoded.examples.length };
}
