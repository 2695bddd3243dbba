/** Generation with a model folder of Hugging Face's or Marian's: its tokenizer, its graphs or weights, its search settings. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { EngineDevice, Precision } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { openSequenceParts } from '../runtime/open-sequence-model.ts';
import type { SequenceModelParts } from '../runtime/sequence-model.ts';
import type { StopSignal } from '../runtime/stop-flag.ts';
import { readJsonObject } from '../tokenizers/huggingface/json-values.ts';
import type { ModelTokenizer } from '../tokenizers/huggingface/model-tokenizer.ts';
import { openModelTokenizer } from '../tokenizers/huggingface/open-model-tokenizer.ts';
import { openMarianTeacherTokenizer } from '../tokenizers/huggingface/sentencepiece-vocabulary.ts';
import { readTeacherVocabularies } from '../weights/marian-teacher-folder.ts';
import type { GenerationRequest } from './generation-request.ts';
import { forcedPrefix } from './search/forced-prefix.ts';
import { generate } from './search/generate.ts';
import { generationOptions, type GenerationOptions } from './search/generation-options.ts';
import type { LogitsProcessor } from './search/processors/logits-processor.ts';
import { RequiredTexts } from './search/required-texts.ts';
import type { Hypothesis } from './search/sentence-beams.ts';
import { logSoftmax } from './search/log-softmax.ts';
import { forbiddenText } from './search/processors/forbidden-text.ts';
import { TokenSurfaces } from './search/processors/text-state.ts';
import type { StepState } from './step-decoder.ts';

export interface FolderGeneratorOptions {
  /** Built from model.safetensors or Marian's files, or the folder's exported graphs. */
  readonly from: 'weights' | 'onnx';
  readonly precision: Precision;
  readonly threads: number;
  readonly device: EngineDevice;
  /** Where compiled graphs are kept; when absent they are made each time. */
  readonly cacheDir?: string;
  /** Told what the user should know of how the model is run. */
  readonly notice?: (text: string) => void;
}

export interface GeneratedOutput {
  /** The start token first; EOS last where one was generated; no padding. */
  readonly ids: readonly number[];
  readonly text: string;
  readonly score: number;
  /** Texts of `must_contain` that are not in it; only there when some are not. */
  readonly missing?: readonly string[];
}

export interface Generated {
  readonly ids: readonly number[];
  /** Ids of the text that the model's limit cut off; 0 when all of it was read. */
  readonly cut: number;
  /** Best first. */
  readonly output: readonly GeneratedOutput[];
}

/** What `--debug` adds: numbers to compare with another implementation's. */
export interface GenerationDetails {
  readonly encoder: { readonly shape: readonly number[]; readonly mean: number; readonly std: number; readonly first4_pos0: readonly number[]; readonly first4_last: readonly number[] };
  readonly step0: { readonly ids: readonly number[]; readonly logprobs: readonly number[] };
  /** For each token of the best output but the start token a share for each source token; null where the graphs do not tell. */
  readonly alignment: readonly (readonly number[])[] | null;
}

/** Opens a folder. Throws EngineError MODEL_MISSING, MODEL_BROKEN or MODEL_UNSUPPORTED naming the file or the setting. */
export async function openFolderGenerator(folder: string, { from, precision, threads, device, cacheDir, notice }: FolderGeneratorOptions): Promise<FolderGenerator> {
  const isTeacher = from === 'weights' && existsSync(path.join(folder, 'decoder.yml'));
  if (!isTeacher && readJsonObject(folder, 'config.json') === null) throw new EngineError('MODEL_MISSING', `The model folder ${folder} lacks config.json.`, 'Choose the folder of a Hugging Face model.');
  const tokenizer = isTeacher ? await teacherTokenizer(folder) : openModelTokenizer(folder);
  const format = from === 'onnx' ? 'onnx' : isTeacher ? 'marian-npz' : 'safetensors';
  const model = await openSequenceParts({ folder, format, cacheDir: cacheDir ?? null, precision, threads, device, ...(notice === undefined ? {} : { notice }) });
  return new FolderGenerator(path.basename(folder), tokenizer, model);
}

async function teacherTokenizer(folder: string): Promise<ModelTokenizer> {
  const { source, target } = await readTeacherVocabularies(folder);
  return openMarianTeacherTokenizer(folder, source.ids, target.ids);
}

/** Beams of a search for texts, however few were asked for. */
const MIN_BEAMS = 6;

export class FolderGenerator {
  readonly name: string;
  readonly #tokenizer: ModelTokenizer;
  readonly #model: Pick<SequenceModelParts, 'search' | 'settings' | 'maxSourceTokens'>;
  #surfaces: TokenSurfaces | null = null;

  constructor(name: string, tokenizer: ModelTokenizer, model: Pick<SequenceModelParts, 'search' | 'settings' | 'maxSourceTokens'>) {
    this.name = name;
    this.#tokenizer = tokenizer;
    this.#model = model;
  }

  /** Throws EngineError INVALID_INPUT or MODEL_UNSUPPORTED naming the setting; rejects with the signal's reason when aborted. */
  async generate(request: GenerationRequest, signal?: StopSignal): Promise<Generated> {
    const { ids, cut } = this.#encode(request);
    const options = this.#optionsOf(request);
    const rules = this.#ownRules(request, options);
    const stop = signal === undefined ? {} : { signal };
    const free = await this.#search(ids, options, { ...rules, plain: request.params === undefined, ...stop });
    const output = free.map((hypothesis) => this.#outputOf(hypothesis, request));
    if (output.every(({ missing }) => missing === undefined)) return { ids, cut, output };
    const required = new RequiredTexts(request.mustContain, this.#tokenSurfaces(), (text) => this.#tokenizer.encodeTarget(this.#tokenizer.spaceBeforeFirstWord ? text : ` ${text}`));
    if (required.count === 0) return { ids, cut, output };
    const numBeams = Math.max(options.numBeams, MIN_BEAMS, 2 * required.count + 2);
    const [constrained = []] = await generate(await this.#model.search.steps(), { sources: [ids], options: { ...options, numBeams }, ...rules, required, ...stop });
    return { ids, cut, output: constrained.length === 0 ? output : constrained.map((hypothesis) => this.#outputOf(hypothesis, request)) };
  }

  /** In the graph wherever it can be done there; rules that look at what was said need a search step by step. */
  async #search(ids: readonly number[], options: GenerationOptions, { prefix, rules, plain, signal }: { prefix: readonly number[]; rules: readonly LogitsProcessor[]; plain: boolean; signal?: StopSignal }): Promise<readonly Hypothesis[]> {
    const { search } = this.#model;
    const stop = signal === undefined ? {} : { signal };
    const own = plain && rules.length === 0 && prefix.length === 0 ? await search.searchAsMarian([ids], signal) : null;
    if (own !== null) return own.flatMap((found) => found.slice(0, 1));
    if (rules.length === 0) return (await search.search({ sources: [ids], options, prefix, attention: false, ...stop }))[0] ?? [];
    return (await generate(await search.steps(), { sources: [ids], options, prefix, rules, ...stop }))[0] ?? [];
  }

  /** Runs the encoder once more, and the decoder over the best output. */
  async details(request: GenerationRequest, { ids, output: [best] }: Generated): Promise<GenerationDetails> {
    const state = await (await this.#model.search.steps()).start([ids], 1);
    try {
      const [start = this.#optionsOf(request).decoderStartTokenId, ...said] = best?.ids ?? [];
      const logits = Float32Array.from(await state.step([start], null));
      const alignment = [rowOf(state)];
      for (const token of said.slice(0, -1)) {
        await state.step([token], null);
        alignment.push(rowOf(state));
      }
      const rows = alignment.filter((row) => row !== null);
      return { encoder: summaryOf(state.encoder), step0: bestFirstTokens(logits), alignment: said.length > 0 && rows.length === alignment.length ? rows : null };
    } finally {
      state.dispose();
    }
  }

  close(): Promise<void> {
    return this.#model.search.close();
  }

  #ownRules(request: GenerationRequest, { forcedBosTokenId }: GenerationOptions): { prefix: readonly number[]; rules: readonly LogitsProcessor[] } {
    if (request.prefix === '' && request.mustNotContain.length === 0) return { prefix: [], rules: [] };
    const surfaces = this.#tokenSurfaces();
    // The language token comes before the prefix, not after it.
    const bos = request.prefix === '' || forcedBosTokenId === null ? [] : [forcedBosTokenId];
    const prefix = request.prefix === '' ? { tokens: [], rule: null } : forcedPrefix(request.prefix, this.#tokenizer, surfaces, 1 + bos.length);
    const forbidden = request.mustNotContain.length === 0 ? null : forbiddenText(request.mustNotContain, surfaces, 1 + bos.length);
    return { prefix: [...bos, ...prefix.tokens], rules: [forbidden, prefix.rule].filter((rule) => rule !== null) };
  }

  #outputOf({ tokens, score }: Hypothesis, { mustContain }: GenerationRequest): GeneratedOutput {
    const text = this.#tokenizer.decode(tokens, { skipSpecialTokens: true });
    const missing = mustContain.filter((required) => !text.includes(required));
    return { ids: tokens, text, score, ...(missing.length === 0 ? {} : { missing }) };
  }

  #encode({ source, sourceLanguage }: GenerationRequest): { ids: readonly number[]; cut: number } {
    if (typeof source !== 'string') return { ids: source, cut: 0 };
    const language = sourceLanguage === undefined ? {} : { sourceLanguage };
    const whole = this.#tokenizer.encode(source, language);
    const { maxSourceTokens: maxSourceLength } = this.#model;
    if (maxSourceLength === null) return { ids: whole, cut: 0 };
    const maxLength = Math.min(maxSourceLength, this.#tokenizer.maxLength ?? maxSourceLength);
    return { ids: this.#tokenizer.encode(source, { ...language, maxLength }), cut: Math.max(0, whole.length - maxLength) };
  }

  #optionsOf({ params, targetLanguage }: GenerationRequest): GenerationOptions {
    const forced = targetLanguage === undefined ? {} : { forced_bos_token_id: this.#tokenizer.languageId(targetLanguage) };
    if (params === undefined) return generationOptions({ ...this.#model.settings, ...forced }, undefined);
    return generationOptions(this.#model.settings, { ...forced, ...params });
  }

  #tokenSurfaces(): TokenSurfaces {
    this.#surfaces ??= new TokenSurfaces(this.#tokenizer.surfaces());
    return this.#surfaces;
  }
}

const rowOf = ({ attention }: StepState): number[] | null => (attention === undefined || attention === null ? null : Array.from(attention, (share) => Math.round(share * 1e6) / 1e6));

function summaryOf({ shape, data }: StepState['encoder']): GenerationDetails['encoder'] {
  const width = shape.at(-1) ?? 1;
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const std = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
  const four = (position: number): number[] => Array.from(data.subarray(position * width, position * width + 4));
  return { shape, mean, std, first4_pos0: four(0), first4_last: four(data.length / width - 1) };
}

/** Log-probabilities of the model itself, before any rule. Changes the logits. */
function bestFirstTokens(logits: Float32Array): GenerationDetails['step0'] {
  logSoftmax(logits);
  const ids = Array.from(logits.keys()).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0)).slice(0, 10);
  return { ids, logprobs: ids.map((id) => logits[id] ?? 0) };
}
