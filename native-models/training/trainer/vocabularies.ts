/** The vocabularies of a run: given as files, or learned from its corpus; they lie in its folder from then on. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';
import { SentencePieceTokenizer } from '../../tokenizers/sentencepiece.ts';
import { writeWhole } from '../runs/checkpoint-file.ts';
import { trainVocabulary } from '../vocabulary/train-vocabulary.ts';
import type { VocabularySizes } from './model-families.ts';
import type { TrainSettings } from './train-settings.ts';
import type { SplitTexts } from './training-data.ts';

export interface Vocabularies {
  readonly source: SentencePieceTokenizer;
  readonly target: SentencePieceTokenizer;
  readonly sizes: VocabularySizes;
  /** The `.model` files; the same twice for a joint vocabulary. */
  readonly files: readonly [source: Uint8Array, target: Uint8Array];
}

/** Vocabularies that exist already. */
export interface GivenVocabularies {
  /** As they are in their files; one where both sides share it. */
  readonly files: readonly [joint: Uint8Array] | readonly [source: Uint8Array, target: Uint8Array];
  /** sha256 of the files, in hexadecimal. */
  readonly hash: string;
}

/** Ids that the graphs know: the end of a sentence is 0, unknown text 1. */
const END = 0;
const UNKNOWN = 1;
const JOINT = 'joint.model', SOURCE = 'source.model', TARGET = 'target.model';

/** Two files that are the same are one vocabulary. Errors: INVALID_INPUT for files that can't be read or whose ids are laid out otherwise. */
export async function readVocabularies(files: readonly [joint: string] | readonly [source: string, target: string]): Promise<GivenVocabularies> {
  const [first, second] = await Promise.all([bytesOf(files[0]), bytesOf(files[1] ?? files[0])]);
  const hash = createHash('sha256').update(first).update(second).digest('hex');
  return { files: Buffer.compare(first, second) === 0 ? [first] : [first, second], hash };
}

async function bytesOf(file: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new EngineError('INVALID_INPUT', `The vocabulary ${file} can't be read: ${cause instanceof Error ? cause.message : String(cause)}.`, 'Give a SentencePiece model (.model, .spm).', { cause });
  }
  tokenizerOf(bytes, file);
  return bytes;
}

/** Those in the run's folder, else those given, else learned from the training part. Errors: INVALID_INPUT for a size that the corpus does not fit. */
export async function openVocabularies(runFolder: string, { training }: Pick<SplitTexts, 'training'>, { vocabulary }: Pick<TrainSettings, 'vocabulary'>, given: GivenVocabularies | null, signal?: AbortSignal): Promise<Vocabularies> {
  const open = async (name: string, bytes: Uint8Array | undefined, lines: () => Iterable<string>): Promise<Uint8Array> => {
    const file = path.join(runFolder, name);
    const known = await readFile(file).catch(() => null);
    if (known !== null) return known;
    const wanted = bytes ?? (await learned(lines(), vocabulary, signal));
    await writeWhole(file, [wanted]);
    return wanted;
  };
  const sources = (): Iterable<string> => training.map(({ source }) => source);
  const targets = (): Iterable<string> => training.map(({ target }) => target);
  const joint = given === null ? vocabulary.joint : given.files.length === 1;
  if (joint) return openedFrom([await open(JOINT, given?.files[0], () => [...sources(), ...targets()])]);
  return openedFrom([await open(SOURCE, given?.files[0], sources), await open(TARGET, given?.files[1], targets)]);
}

/** Errors: INVALID_INPUT where the run has none. */
export async function vocabulariesOf(runFolder: string): Promise<Vocabularies> {
  const [joint, source, target] = await Promise.all([JOINT, SOURCE, TARGET].map((name) => readFile(path.join(runFolder, name)).catch(() => null)));
  if (joint) return openedFrom([joint]);
  if (source && target) return openedFrom([source, target]);
  throw new EngineError('INVALID_INPUT', `The run in ${runFolder} has no vocabularies yet.`, 'Wait for its first checkpoint.');
}

function openedFrom(files: GivenVocabularies['files']): Vocabularies {
  const [first, second = first] = files;
  const joint = files.length === 1;
  const source = tokenizerOf(first, joint ? JOINT : SOURCE);
  const target = joint ? source : tokenizerOf(second, TARGET);
  return { source, target, sizes: { source: source.size, target: target.size, joint }, files: [first, second] };
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
