/**
 * The settings of a search, with the names and meanings of Hugging Face's generation config (transformers 4.57), and
 * their defaults there. Lengths count decoder tokens, the start token among them.
 */
import { EngineError } from '../../engine/engine-error.ts';

export interface GenerationOptions {
  readonly numBeams: number;
  readonly numReturnSequences: number;
  /** Exponent of the length by which a beam's sum of log-probabilities is divided. */
  readonly lengthPenalty: number;
  /**
   * When a beam search ends: true, as soon as `numBeams` hypotheses are finished; false, when a hypothesis of the
   * present length can't beat them; 'never', when none up to the maximum length can.
   */
  readonly earlyStopping: boolean | 'never';
  readonly maxLength: number | null;
  /** Wins over `maxLength`. */
  readonly maxNewTokens: number | null;
  readonly minLength: number;
  readonly minNewTokens: number;
  /** 1: none. Above 1, tokens that were said become less likely. */
  readonly repetitionPenalty: number;
  /** 0: none. */
  readonly noRepeatNgramSize: number;
  readonly badWordsIds: readonly (readonly number[])[];
  readonly forcedBosTokenId: number | null;
  readonly forcedEosTokenIds: readonly number[];
  readonly suppressTokens: readonly number[];
  readonly beginSuppressTokens: readonly number[];
  readonly renormalizeLogits: boolean;
  readonly decoderStartTokenId: number;
  readonly eosTokenIds: readonly number[];
  readonly padTokenId: number;
}

type Settings = Readonly<Record<string, unknown>>;

/** Keys that would change the result and that this engine does not do; each with the value that changes nothing. */
const UNSUPPORTED: Readonly<Record<string, readonly unknown[]>> = {
  do_sample: [false], num_beam_groups: [1], diversity_penalty: [0], penalty_alpha: [0], sequence_bias: [], force_words_ids: [], constraints: [],
  encoder_repetition_penalty: [1], encoder_no_repeat_ngram_size: [0], exponential_decay_length_penalty: [], guidance_scale: [1], stop_strings: [], max_time: [],
  remove_invalid_values: [false], watermarking_config: [],
};

/** Keys of a generation config that say nothing about this search: of sampling, of what to return, of transformers itself. */
const WITHOUT_EFFECT = new Set([
  'temperature', 'top_k', 'top_p', 'min_p', 'typical_p', 'epsilon_cutoff', 'eta_cutoff', 'use_cache', 'cache_implementation', 'low_memory', 'return_dict_in_generate', 'output_scores', 'output_logits',
  'output_attentions', 'output_hidden_states', 'transformers_version', '_from_model_config', 'bos_token_id',
]);

/** The ids that every search needs; they belong to the model, whatever else is asked for. */
const MODEL_IDS = ['decoder_start_token_id', 'eos_token_id', 'pad_token_id', 'bos_token_id'];

/** Far more than anybody searches with; each takes memory of its own in every step. */
const MOST_BEAMS = 256;

/**
 * Settings of one search. `model` is the folder's generation config; `params` are the caller's own: where there are
 * some they replace the model's settings but for its token ids, as if they were a generation config of their own.
 * Throws EngineError INVALID_INPUT naming the key that makes no sense, MODEL_UNSUPPORTED naming one that is not supported.
 */
export function generationOptions(model: Settings, params: Settings | undefined): GenerationOptions {
  const ids = Object.fromEntries(MODEL_IDS.filter((key) => model[key] !== undefined).map((key) => [key, model[key]]));
  const settings = params === undefined ? model : { ...ids, ...params };
  for (const [key, harmless] of Object.entries(UNSUPPORTED)) {
    const value = settings[key];
    if (value !== undefined && value !== null && !harmless.includes(value))
      throw new EngineError('MODEL_UNSUPPORTED', `The generation setting ${key} is not supported.`, `Leave out ${key}.`);
  }
  const options = optionsFrom(new SettingsReader(settings));
  if (options.numBeams > MOST_BEAMS) throw invalid('num_beams', `is ${options.numBeams}; more than ${MOST_BEAMS} take all memory there is`);
  if (options.numReturnSequences > options.numBeams) throw invalid('num_return_sequences', `is ${options.numReturnSequences}, but only ${options.numBeams} can be found with num_beams ${options.numBeams}`);
  if (options.repetitionPenalty <= 0) throw invalid('repetition_penalty', 'must be more than 0');
  return options;
}

/** The first of a caller's settings that says nothing to a search, as one that is misspelt; null where all are known. */
export function unknownSetting(params: Settings): string | null {
  const read = new SettingsReader({ decoder_start_token_id: 0 });
  optionsFrom(read);
  return Object.keys(params).find((key) => !read.asked.has(key) && !(key in UNSUPPORTED) && !WITHOUT_EFFECT.has(key)) ?? null;
}

function optionsFrom(read: SettingsReader): GenerationOptions {
  const start = read.id('decoder_start_token_id') ?? read.id('bos_token_id');
  if (start === null) throw invalid('decoder_start_token_id', 'is missing');
  const eosTokenIds = read.ids('eos_token_id');
  return {
    numBeams: read.count('num_beams', 1) ?? 1,
    numReturnSequences: read.count('num_return_sequences', 1) ?? 1,
    lengthPenalty: read.number('length_penalty') ?? 1,
    earlyStopping: read.earlyStopping(),
    maxLength: read.count('max_length', 1),
    maxNewTokens: read.count('max_new_tokens', 1),
    minLength: read.count('min_length', 0) ?? 0,
    minNewTokens: read.count('min_new_tokens', 0) ?? 0,
    repetitionPenalty: read.number('repetition_penalty') ?? 1,
    noRepeatNgramSize: read.count('no_repeat_ngram_size', 0) ?? 0,
    badWordsIds: read.sequences('bad_words_ids'),
    forcedBosTokenId: read.id('forced_bos_token_id'),
    forcedEosTokenIds: read.ids('forced_eos_token_id'),
    suppressTokens: read.ids('suppress_tokens'),
    beginSuppressTokens: read.ids('begin_suppress_tokens'),
    renormalizeLogits: read.flag('renormalize_logits'),
    decoderStartTokenId: start,
    eosTokenIds,
    padTokenId: read.id('pad_token_id') ?? eosTokenIds[0] ?? 0,
  };
}

/** Most decoder tokens, the prompt among them; without any setting 20 new ones, as in transformers. */
export function maxLengthOf({ maxNewTokens, maxLength }: GenerationOptions, promptLength: number): number {
  if (maxNewTokens !== null) return promptLength + maxNewTokens;
  return maxLength ?? promptLength + 20;
}

function invalid(key: string, what: string): EngineError {
  return new EngineError('INVALID_INPUT', `The generation setting ${key} ${what}.`, 'The names and values are those of Hugging Face\'s generation config.');
}

class SettingsReader {
  /** The keys that a search looks at. */
  readonly asked = new Set<string>();
  readonly #settings: Settings;
  constructor(settings: Settings) { this.#settings = settings; }

  #value(key: string): unknown {
    this.asked.add(key);
    return this.#settings[key] ?? null;
  }

  flag(key: string): boolean { return this.#value(key) === true; }

  number(key: string): number | null {
    const value = this.#value(key);
    if (value === null) return null;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(key, 'must be a number');
    return value;
  }

  count(key: string, least: number): number | null {
    const value = this.number(key);
    if (value !== null && (!Number.isInteger(value) || value < least)) throw invalid(key, `must be a whole number, at least ${least}`);
    return value;
  }

  id(key: string): number | null { return this.count(key, 0); }

  /** A token id or a list of them. */
  ids(key: string): number[] {
    const value = this.#value(key) ?? [];
    return idList(key, Array.isArray(value) ? value : [value]);
  }

  sequences(key: string): number[][] {
    const value = this.#value(key) ?? [];
    if (!Array.isArray(value)) throw invalid(key, 'must be a list of lists of token ids');
    return value.map((each: unknown) => {
      if (!Array.isArray(each) || each.length === 0) throw invalid(key, 'must be a list of lists of token ids, none of them empty');
      return idList(key, each);
    });
  }

  earlyStopping(): boolean | 'never' {
    const value = this.#value('early_stopping') ?? false;
    if (value !== true && value !== false && value !== 'never') throw invalid('early_stopping', 'must be true, false or "never"');
    return value;
  }
}

function idList(key: string, values: readonly unknown[]): number[] {
  return values.map((id) => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) throw invalid(key, 'must hold token ids: whole numbers, at least 0');
    return id;
  });
}
