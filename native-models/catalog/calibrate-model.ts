/** Finds out at import which head of a model's attention aligns its translations. */
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import { calibrateHead, type Calibration } from '../alignment/calibration/calibrate-head.ts';
import { ENGLISH_SENTENCES, ENGLISH_VARIATIONS, NEUTRAL_TEXTS } from '../alignment/calibration/seed-sentences.ts';
import { generationOptions, type GenerationOptions } from '../decoding/search/generation-options.ts';
import type { StepDecoder } from '../decoding/step-decoder.ts';
import type { ModelDescription } from '../engine/engine.ts';
import { openModelSides } from '../engine/model-sides.ts';
import { openTransformer } from '../runtime/transformer-step-decoder.ts';
import { readJsonObject } from '../tokenizers/huggingface/json-values.ts';
import { readWeightsFolder } from '../weights/huggingface-folder.ts';
import { inspectModelFolder } from '../weights/inspect-folder.ts';
import { openMarianTeacher } from '../weights/marian-teacher-folder.ts';
import type { AlignmentHead } from './manifest.ts';
import { sourceLanguages, targetLanguages } from './model-pairs.ts';

/** Fewer tokens of names and numbers than these say nothing about a head. */
const FEWEST_TOKENS = 20;

/**
 * The head to align by. Null where there is none to choose: students have one that was trained for it, exported graphs
 * tell nothing of their attention, and a model may say no name or number of its sources at all.
 * Throws EngineError as opening the model does.
 */
export async function calibrateModel(model: ModelDescription, threads: number): Promise<AlignmentHead | null> {
  const calibration = await calibrationOf(model, threads);
  const [best] = calibration?.heads ?? [];
  if (calibration === null || best === undefined || calibration.tokens < FEWEST_TOKENS) return null;
  return { layer: best.layer, head: best.head, agreement: Math.round(best.agreement * 1000) / 1000 };
}

/** All heads of a model with what was found of each; null where there is nothing to choose. */
export async function calibrationOf(model: ModelDescription, threads: number): Promise<Calibration | null> {
  const inspected = await inspectModelFolder(model.folder);
  if (inspected.format === 'marian-bin' || inspected.format === 'onnx' || inspected.format === 'recurrent') return null;
  const sides = await openModelSides(inspected);
  const [from, to] = pairToTry(model);
  const { before, after, firstToken } = sides.frame(from, to);
  const opened = inspected.format === 'marian-npz' ? await openTeacher(model.folder, threads) : await openWeights(model.folder, threads);
  try {
    const layers = opened.definition.decoder.layers;
    return await calibrateHead({
      decoder: opened.decoder, source: sides.source, target: sides.target, before, after,
      shape: { layers: layers.length, heads: layers[0]?.crossAttention.heads ?? 1 },
      options: firstToken === null ? opened.options : { ...opened.options, forcedBosTokenId: firstToken },
    }, from === 'en' || from.startsWith('en-') || from === 'und' ? { sentences: [...ENGLISH_SENTENCES, ...NEUTRAL_TEXTS], variations: ENGLISH_VARIATIONS } : { sentences: NEUTRAL_TEXTS, variations: [] });
  } finally {
    await opened.decoder.close();
  }
}

/** Targets of English that every model of many languages has seen much of. */
const USUAL_TARGETS: readonly string[] = ['de', 'fr', 'es', 'pt', 'it'];

/** The pair to try a model with: from English where it knows it, into another language than it reads. */
export function pairToTry(model: ModelDescription): [from: string, to: string] {
  const sources = sourceLanguages(model), targets = targetLanguages(model);
  const from = sources.includes('en') ? 'en' : (sources[0] ?? model.from);
  const to = [...USUAL_TARGETS, ...targets].find((language) => language !== from && targets.includes(language));
  return [from, to ?? model.to];
}

interface OpenedModel {
  readonly definition: TransformerDefinition;
  readonly decoder: StepDecoder;
  readonly options: GenerationOptions;
}

async function openTeacher(folder: string, threads: number): Promise<OpenedModel> {
  const { definition, decoder, search } = await openMarianTeacher(folder, { threads, alignment: 'all' });
  return { definition, decoder, options: greedy({ decoder_start_token_id: search.startId, eos_token_id: search.eosId, pad_token_id: search.eosId }) };
}

async function openWeights(folder: string, threads: number): Promise<OpenedModel> {
  const definition = await readWeightsFolder(folder);
  const settings = { ...readJsonObject(folder, 'config.json'), ...readJsonObject(folder, 'generation_config.json') };
  return { definition, decoder: await openTransformer(definition, { threads, device: 'cpu', alignment: 'all' }), options: greedy(settings) };
}

const greedy = (settings: Readonly<Record<string, unknown>>): GenerationOptions => generationOptions(settings, { num_beams: 1, num_return_sequences: 1, min_length: 0, no_repeat_ngram_size: 0 });
