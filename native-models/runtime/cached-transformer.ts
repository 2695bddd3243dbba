/** Graphs of transformers that are compiled once and kept on disk: opening them again reads no weights. */
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import { encoderGraph } from '../architectures/transformer/encoder-graph.ts';
import { TRANSFORMER_GRAPH_VERSION } from '../architectures/transformer/graph-version.ts';
import { searchGraph } from '../architectures/transformer/search-graph.ts';
import { type AttentionHead, stepGraph } from '../architectures/transformer/step-graph.ts';
import { HALF_PRECISION_VERSION, halfPrecision } from '../onnx/float16/half-precision.ts';
import type { ModelDefinition } from '../onnx/model-proto.ts';
import type { Precision } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { contentKey } from './graph-cache.ts';
import { openCachedModel, storeModel, type BuiltModel } from './model-cache.ts';
import { openSession, type GraphSession, type SessionOptions } from './session.ts';
import { factsOf, readTransformerFacts, type TransformerFacts } from './transformer-facts.ts';
import { TransformerSearch } from './transformer-search.ts';
import { pairOfSessions, type TransformerStepDecoder } from './transformer-step-decoder.ts';

export interface TransformerSource {
  /** Null: nothing is kept. */
  readonly cacheDir: string | null;
  /** Stands for the weights and settings of the model. */
  readonly content: string;
  readonly precision: Precision;
  /** The head whose attention comes with every output; null: the model's usual one. */
  readonly head: AttentionHead | null;
  /** Puts graphs into the cache without this process reading the weights; null where it may read them itself. */
  readonly compileApart: ((parts: readonly GraphPart[]) => Promise<unknown>) | null;
  read(): Promise<ReadTransformer>;
}

/** The whole search, or the two graphs of a search step by step. */
export type GraphPart = 'search' | 'encoder' | 'step';

const GRAPHS: Readonly<Record<GraphPart, (model: TransformerDefinition, head: AttentionHead) => ModelDefinition>> = { search: searchGraph, encoder: encoderGraph, step: stepGraph };

export interface ReadTransformer {
  /** In its precision, but for float16. */
  readonly definition: TransformerDefinition;
  readonly usualHead: AttentionHead;
}

/** The whole search in one graph. Errors: those of `read`, MODEL_BROKEN, DEVICE_UNAVAILABLE. */
export async function openCachedSearch(source: TransformerSource, options: SessionOptions): Promise<TransformerSearch> {
  return openCached(source, ['search'], 'search', options, (session, facts) => new TransformerSearch(facts, session, true));
}

/** The two graphs of a search step by step. Errors: as `openCachedSearch`. */
export async function openCachedSteps(source: TransformerSource, options: SessionOptions): Promise<TransformerStepDecoder> {
  const once = readOnce(source);
  const both = ['encoder', 'step'] as const;
  const encoder = await openCached(once, both, 'encoder', options, (session) => session);
  try {
    return await openCached(once, both, 'step', options, (session, facts) => pairOfSessions(facts, encoder, session, true));
  } catch (cause) {
    await encoder.close();
    throw cause;
  }
}

/** Puts graphs into the cache, those that are not there. Errors: those of `read`, and the file system's. */
export async function storeTransformer(source: TransformerSource, parts: readonly GraphPart[]): Promise<void> {
  const { cacheDir } = source;
  if (cacheDir === null) return;
  const once = readOnce(source);
  for (const part of parts) await storeModel({ cacheDir, ...compilation(once, part) });
}

/** Both graphs of a search step by step are made of the same weights. */
function readOnce(source: TransformerSource): TransformerSource {
  let known: Promise<ReadTransformer> | null = null;
  return { ...source, read: () => (known ??= source.read()) };
}

/** `together`: the graphs that are compiled when this part is not there. */
function openCached<Opened>(
  source: TransformerSource,
  together: readonly GraphPart[],
  part: GraphPart,
  options: SessionOptions,
  opened: (session: GraphSession, facts: TransformerFacts) => Opened,
): Promise<Opened> {
  const { cacheDir, compileApart } = source;
  return openCachedModel({
    cacheDir,
    ...compilation(source, part),
    buildApart: compileApart === null ? null : () => compileApart(together),
    readFacts: readTransformerFacts,
    open: async (model, facts) => opened(await openSession(model, options), facts),
  });
}

/** By what a graph is known in the cache, and how it is made. */
function compilation({ content, precision, head, read }: TransformerSource, part: GraphPart): { key: string; build(): Promise<BuiltModel<TransformerFacts>> } {
  const half = precision === 'float16';
  const version = `transformer graphs ${TRANSFORMER_GRAPH_VERSION}${half ? ` in halves ${HALF_PRECISION_VERSION}` : ''}`;
  return {
    key: contentKey([version, part, precision, JSON.stringify(part === 'encoder' ? null : head), content]),
    async build() {
      const { definition, usualHead } = await read();
      const model = GRAPHS[part](definition, checkedHead(definition, head ?? usualHead));
      return { model: half ? halfPrecision(model) : model, facts: factsOf(definition) };
    },
  };
}

/** Throws EngineError MODEL_BROKEN for a head that the model does not have. */
function checkedHead({ decoder }: TransformerDefinition, head: AttentionHead): AttentionHead {
  const heads = decoder.layers[head.layer]?.crossAttention.heads;
  if (heads === undefined || (head.head !== 'mean' && head.head >= heads))
    throw new EngineError('MODEL_BROKEN', `The model has no head ${head.head} in layer ${head.layer}, which its manifest names for alignment.`, 'Take "alignment" out of its bitext.json, or import the model again.');
  return head;
}
