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
import { openCachedModel } from './model-cache.ts';
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
  read(): Promise<ReadTransformer>;
}

export interface ReadTransformer {
  /** In its precision, but for float16. */
  readonly definition: TransformerDefinition;
  readonly usualHead: AttentionHead;
}

/** The whole search in one graph. Errors: those of `read`, MODEL_BROKEN, DEVICE_UNAVAILABLE. */
export async function openCachedSearch(source: TransformerSource, options: SessionOptions): Promise<TransformerSearch> {
  return openCached(source, 'search', searchGraph, options, (session, facts) => new TransformerSearch(facts, session, true));
}

/** The two graphs of a search step by step. Errors: as `openCachedSearch`. */
export async function openCachedSteps(source: TransformerSource, options: SessionOptions): Promise<TransformerStepDecoder> {
  let known: Promise<ReadTransformer> | null = null;
  // Both graphs are made of the same weights.
  const once: TransformerSource = { ...source, read: () => (known ??= source.read()) };
  const encoder = await openCached(once, 'encoder', encoderGraph, options, (session) => session);
  try {
    return await openCached(once, 'step', stepGraph, options, (session, facts) => pairOfSessions(facts, encoder, session, true));
  } catch (cause) {
    await encoder.close();
    throw cause;
  }
}

function openCached<Opened>(
  { cacheDir, content, precision, head, read }: TransformerSource,
  part: 'search' | 'encoder' | 'step',
  graph: (model: TransformerDefinition, head: AttentionHead) => ModelDefinition,
  options: SessionOptions,
  opened: (session: GraphSession, facts: TransformerFacts) => Opened,
): Promise<Opened> {
  const half = precision === 'float16';
  const version = `transformer graphs ${TRANSFORMER_GRAPH_VERSION}${half ? ` in halves ${HALF_PRECISION_VERSION}` : ''}`;
  return openCachedModel({
    cacheDir,
    key: contentKey([version, part, precision, JSON.stringify(part === 'encoder' ? null : head), content]),
    async build() {
      const { definition, usualHead } = await read();
      const model = graph(definition, checkedHead(definition, head ?? usualHead));
      return { model: half ? halfPrecision(model) : model, facts: factsOf(definition) };
    },
    readFacts: readTransformerFacts,
    open: async (model, facts) => opened(await openSession(model, options), facts),
  });
}

/** Throws EngineError MODEL_BROKEN for a head that the model does not have. */
function checkedHead({ decoder }: TransformerDefinition, head: AttentionHead): AttentionHead {
  const heads = decoder.layers[head.layer]?.crossAttention.heads;
  if (heads === undefined || (head.head !== 'mean' && head.head >= heads))
    throw new EngineError('MODEL_BROKEN', `The model has no head ${head.head} in layer ${head.layer}, which its manifest names for alignment.`, 'Take "alignment" out of its bitext.json, or import the model again.');
  return head;
}
