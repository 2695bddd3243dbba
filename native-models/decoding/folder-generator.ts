/** Generation with a model folder of Hugging Face's or Marian's: its tokenizer, its graphs or weights, its search settings. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { EngineError, type EngineDevice } from '../engine/engine.ts';
import { openExportedModel } from '../runtime/exported-step-decoder.ts';
import { readJsonObject, type JsonObject } from '../tokenizers/huggingface/json-values.ts';
import type { ModelTokenizer } from '../tokenizers/huggingface/model-tokenizer.ts';
import { openModelTokenizer } from '../tokenizers/huggingface/open-model-tokenizer.ts';
import { openMarianTeacherTokenizer } from '../tokenizers/huggingface/sentencepiece-vocabulary.ts';
import { openWeightsFolder } from '../weights/huggingface-folder.ts';
import { openMarianTeacher } from '../weights/marian-teacher-folder.ts';
import { findExportedGraphs } from '../weights/onnx-folder/graph-files.ts';
import type { GenerationRequest } from './generation-request.ts';
import { forcedPrefix } from './search/forced-prefix.ts';
import { generate } from './search/generate.ts';
import { generationOptions, type GenerationOptions } from './search/generation-options.ts';
import type { LogitsProcessor } from './search/processors/logits-processor.ts';
import { RequiredTexts } from './search/required-texts.ts';
import { searchAsMarian } from './search/marian-beams.ts';
import type { Hypothesis } from './search/sentence-beams.ts';
import { logSoftmax } from './search/log-softmax.ts';
import { forbiddenText } from './search/processors/forbidden-text.ts';
import { TokenSurfaces } from './search/processors/text-state.ts';
import type { StepDecoder, StepState } from './step-decoder.ts';

export interface FolderGeneratorOptions {
  /** Built from model.safetensors or Marian's files, or the folder's exported graphs. */
  readonly from: 'weights' | 'onnx';
  /** Of the exported graphs. */
  readonly precision: 'float32' | 'int8';
  readonly threads: number;
  readonly device: EngineDevice;
  /** Let `details` tell what the first head of the decoder's last layer looked at; exported graphs can't. */
  readonly alignment: boolean;
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
export async function openFolderGenerator(folder: string, options: FolderGeneratorOptions): Promise<FolderGenerator> {
  if (options.from === 'weights' && existsSync(path.join(folder, 'decoder.yml'))) return openTeacherGenerator(folder, options);
  const config = readJsonObject(folder, 'config.json');
  if (config === null) throw new EngineError('MODEL_MISSING', `The model folder ${folder} lacks config.json.`, 'Give --model the folder of a Hugging Face model.');
  const tokenizer = openModelTokenizer(folder);
  const { threads, device } = options;
  const decoder = options.from === 'weights'
    ? await openWeightsFolder(folder, { threads, device, alignment: options.alignment ? { layer: lastLayer(config), head: 0 } : null })
    : await openExportedModel(findExportedGraphs(folder, options.precision), { padTokenId: numberIn(config, 'pad_token_id') ?? 0, maxSourceLength: numberIn(config, 'max_position_embeddings') }, { threads, device });
  // Older folders keep the generation config in config.json.
  return new FolderGenerator(path.basename(folder), tokenizer, decoder, { ...config, ...readJsonObject(folder, 'generation_config.json') });
}

/** Counted from 0, by the names of the families' own configs. */
const lastLayer = (config: JsonObject): number => (numberIn(config, 'decoder_layers') ?? numberIn(config, 'num_decoder_layers') ?? numberIn(config, 'num_layers') ?? 1) - 1;

/** Beams of a search for texts, however few were asked for. */
const MIN_BEAMS = 6;

/** A Marian teacher: without params it is searched as Marian does, by the settings of decoder.yml. */
async function openTeacherGenerator(folder: string, { threads, device, alignment }: FolderGeneratorOptions): Promise<FolderGenerator> {
  const { decoder, source, target, search } = await openMarianTeacher(folder, { threads, device, alignment });
  const tokenizer = openMarianTeacherTokenizer(folder, source.ids, target.ids);
  const settings = { decoder_start_token_id: search.startId, eos_token_id: search.eosId, pad_token_id: search.eosId };
  return new FolderGenerator(path.basename(folder), tokenizer, decoder, settings, async (ids) => {
    const [found = []] = await searchAsMarian(decoder, [ids], search);
    return found.slice(0, 1).map(({ tokens, score }) => ({ tokens: [search.startId, ...tokens], score }));
  });
}

const numberIn = (object: JsonObject, key: string): number | null => {
  const value = object[key];
  return typeof value === 'number' ? value : null;
};

type OwnSearch = (ids: readonly number[]) => Promise<Hypothesis[]>;

export class FolderGenerator {
  readonly name: string;
  readonly #tokenizer: ModelTokenizer;
  readonly #decoder: StepDecoder;
  readonly #settings: JsonObject;
  readonly #ownSearch: OwnSearch | null;
  #surfaces: TokenSurfaces | null = null;

  /** `settings`: the model's generation config. `ownSearch` takes the place of generate() where a line has no params. */
  constructor(name: string, tokenizer: ModelTokenizer, decoder: StepDecoder, settings: JsonObject, ownSearch: OwnSearch | null = null) {
    this.#ownSearch = ownSearch;
    this.name = name;
    this.#tokenizer = tokenizer;
    this.#decoder = decoder;
    this.#settings = settings;
  }

  /** Throws EngineError INVALID_INPUT or MODEL_UNSUPPORTED naming the setting; rejects with the signal's reason when aborted. */
  async generate(request: GenerationRequest, signal?: AbortSignal): Promise<Generated> {
    const { ids, cut } = this.#encode(request);
    const options = this.#optionsOf(request);
    const asked = { sources: [ids], options, ...this.#ownRules(request, options), ...(signal === undefined ? {} : { signal }) };
    const own = request.params === undefined && asked.rules.length === 0 && asked.prefix.length === 0 ? this.#ownSearch : null;
    const [free = []] = own === null ? await generate(this.#decoder, asked) : [await own(ids)];
    const output = free.map((hypothesis) => this.#outputOf(hypothesis, request));
    if (output.every(({ missing }) => missing === undefined)) return { ids, cut, output };
    const required = new RequiredTexts(request.mustContain, this.#tokenSurfaces(), (text) => this.#tokenizer.encodeTarget(this.#tokenizer.spaceBeforeFirstWord ? text : ` ${text}`));
    if (required.count === 0) return { ids, cut, output };
    const numBeams = Math.max(options.numBeams, MIN_BEAMS, 2 * required.count + 2);
    const [constrained = []] = await generate(this.#decoder, { ...asked, options: { ...options, numBeams }, required });
    return { ids, cut, output: constrained.length === 0 ? output : constrained.map((hypothesis) => this.#outputOf(hypothesis, request)) };
  }

  /** Runs the encoder once more, and the decoder over the best output. */
  async details(request: GenerationRequest, { ids, output: [best] }: Generated): Promise<GenerationDetails> {
    const state = await this.#decoder.start([ids], 1);
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
    return this.#decoder.close();
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
    const { maxSourceLength } = this.#decoder;
    if (maxSourceLength === null) return { ids: whole, cut: 0 };
    const maxLength = Math.min(maxSourceLength, this.#tokenizer.maxLength ?? maxSourceLength);
    return { ids: this.#tokenizer.encode(source, { ...language, maxLength }), cut: Math.max(0, whole.length - maxLength) };
  }

  #optionsOf({ params, targetLanguage }: GenerationRequest): GenerationOptions {
    const forced = targetLanguage === undefined ? {} : { forced_bos_token_id: this.#tokenizer.languageId(targetLanguage) };
    if (params === undefined) return generationOptions({ ...this.#settings, ...forced }, undefined);
    return generationOptions(this.#settings, { ...forced, ...params });
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
