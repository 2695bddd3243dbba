/**
 * Opens a Marian student: weights -> graph (kept on disk) -> session.
 */
import { MOST_POSITIONS, STUDENT_GRAPH_VERSION, studentGraph } from '../architectures/student-graph.ts';
import type { EngineDevice, Precision } from '../engine/engine.ts';
import { HALF_PRECISION_VERSION, halfPrecision } from '../onnx/float16/half-precision.ts';
import type { ModelDefinition } from '../onnx/model-proto.ts';
import { readLexicalShortlist } from '../weights/lexical-shortlist.ts';
import { readMarianBinary } from '../weights/marian-binary.ts';
import { inspectMarianFolder, readArchitecture, readModelFile } from '../weights/marian-folder.ts';
import { MarianWeights } from '../weights/marian-weights.ts';
import { CandidateFinder } from './candidates.ts';
import type { CompiledModel } from './compiled-model.ts';
import { hashOfFiles } from './file-hashes.ts';
import { contentKey } from './graph-cache.ts';
import { openCachedModel } from './model-cache.ts';
import type { GraphSession } from './session.ts';
import { openSession } from './session.ts';
import type { GraphVariant } from './student-model.ts';
import { StudentModel } from './student-model.ts';

export interface OpenStudentOptions {
  /** The model folder, see `inspectMarianFolder`. */
  readonly folder: string;
  /** Where compiled graphs are kept; created when absent. */
  readonly cacheDir: string;
  readonly precision: Precision;
  /** Threads inside one operator. Several models of one thread beat one model of several threads in a batch. */
  readonly threads: number;
  readonly device: EngineDevice;
  /** Use the folder's lexical shortlist when it has one. */
  readonly shortlist: boolean;
  /** What the runs will ask for, so that its graph is opened now; tokens alone when absent. */
  readonly warm?: Pick<GraphVariant, 'alignment' | 'scores'>;
  /** Writes onnxruntime's profile to files with this prefix, when the model is closed. */
  readonly profilePrefix?: string;
}

/** Longest source, EOS included: students are trained on sentences, and attention costs the square of the length. */
const MOST_SOURCE_TOKENS = 256;

/**
 * Errors: those of `inspectMarianFolder`, MODEL_BROKEN where the weights do not fit their description or the shortlist
 * is damaged, DEVICE_UNAVAILABLE.
 */
export async function openMarianStudent(options: OpenStudentOptions): Promise<CompiledModel> {
  const { files } = await inspectMarianFolder(options.folder);
  const architecture = await readArchitecture(options.folder, files.model);
  // The weights are read to compile a graph and at no other time: they would lie in memory for nothing.
  const modelHash = await hashOfFiles(options.folder, [files.model], options.cacheDir);
  const shortlist =
    options.shortlist && files.shortlist !== null ? readLexicalShortlist(await readModelFile(options.folder, files.shortlist), files.shortlist) : null;

  async function openVariant(variant: GraphVariant): Promise<GraphSession> {
    const half = options.precision === 'float16';
    const precision: 'int8' | 'float32' = options.precision === 'int8' ? 'int8' : 'float32';
    const graphOptions = { precision, shortlist: shortlist !== null, encoded: false, ...variant };
    const version = `student graph ${STUDENT_GRAPH_VERSION}${half ? ` in halves ${HALF_PRECISION_VERSION}` : ''}`;
    const compile = async (): Promise<ModelDefinition> => {
      const tensors = readMarianBinary(await readModelFile(options.folder, files.model), files.model);
      return studentGraph(new MarianWeights(tensors, files.model), architecture, graphOptions);
    };
    const key = contentKey([version, JSON.stringify(graphOptions), modelHash]);
    return openCachedModel({
      cacheDir: options.cacheDir,
      key,
      build: async () => ({ model: half ? halfPrecision(await compile()) : await compile(), facts: true as const }),
      // What must be known of a student stands in its folder.
      readFacts: (stored) => (stored === true ? stored : null),
      // Without plans a student takes 20 MB less and a hundredth more time.
      open: (graph) => openSession(graph, { ...options, memoryPlans: false }),
    });
  }

  const finder = shortlist === null ? null : new CandidateFinder(shortlist, architecture.targetVocabulary);
  const model = new StudentModel({ architecture, openVariant, finder, maxSourceTokens: MOST_SOURCE_TOKENS, maxTargetTokens: MOST_POSITIONS });
  await model.warm({ ...(options.warm ?? { alignment: false, scores: false }), beam: 1, noRepeatNgram: 0 });
  return model;
}
