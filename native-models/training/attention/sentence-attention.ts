/** Where a model looks while it translates a sentence, at any checkpoint of its fine-tuning or training: in float32, greedily. */
import { EngineError } from '../../engine/engine-error.ts';
import { GraphBuilder, int, ints } from '../../onnx/graph-builder.ts';
import { encodeModel } from '../../onnx/model-proto.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import { openSession, type GraphSession } from '../../runtime/session.ts';
import type { StudentArchitecture } from '../../weights/marian-config.ts';
import { openStudentFolder, type StudentFolder } from '../finetune/student-folder.ts';
import type { ParameterStore } from '../parameters.ts';
import { RunDirectory } from '../runs/run-directory.ts';
import { parameterName } from '../session/training-graph.ts';
import { studentBatch } from '../student/student-batch.ts';
import { embeddingOf, studentForward, studentInputs } from '../student/student-forward.ts';
import { weightsWithChange } from '../student/trainable-student.ts';
import { inspectModelFolder } from '../../weights/inspect-folder.ts';
import { openCheckpoint } from '../trainer/open-checkpoint.ts';
import { pretrainedAttention } from './pretrained-attention.ts';
import type { AttentionMap, AttentionRequest } from '../training-tasks.ts';

/** A map of more pieces can't be read. */
const MOST_PIECES = 80;

/** See `Training.attention`. Rejects with the signal's reason. */
export async function sentenceAttention({ modelFolder, runFolder, checkpoint, sentence }: AttentionRequest, { threads, signal }: { threads: number; signal?: AbortSignal }): Promise<AttentionMap> {
  if (modelFolder === null) return ofTraining(runFolder, checkpoint, sentence, threads, signal);
  if (sentence.trim() === '') throw noSentence();
  const inspected = await inspectModelFolder(modelFolder);
  if (inspected.format !== 'marian-bin') return pretrainedAttention({ model: inspected, runFolder, learned: checkpoint === null ? null : await learnedAt(runFolder, checkpoint), sentence }, threads);
  const student = await openStudentFolder(modelFolder);
  const pieces = student.source.encode(sentence);
  if (pieces.length === 0) throw noSentence();
  if (pieces.length > MOST_PIECES) throw new EngineError('INVALID_INPUT', `The sentence has ${pieces.length} pieces; a map shows ${MOST_PIECES}.`, 'Choose a shorter sentence.');
  const session = await openSession(encodeModel(attentionGraph(student.architecture, await weightsAt(student, runFolder, checkpoint))), { threads, device: 'cpu', memoryPlans: false });
  try {
    const source = [...pieces, student.source.eosId];
    const { target, weights } = await translate(session, student, source, signal);
    return { text: student.target.decode(target.slice(0, -1)), source: source.map((id) => student.source.pieceOf(id)), target: target.map((id) => student.target.pieceOf(id)), weights };
  } finally {
    await session.close();
  }
}

/** Of a training from scratch, whose run holds all that its model consists of. */
async function ofTraining(runFolder: string, checkpoint: number | null, sentence: string, threads: number, signal: AbortSignal | undefined): Promise<AttentionMap> {
  if (checkpoint === null) throw new EngineError('INVALID_INPUT', 'A model that is trained from scratch says nothing before.', 'Choose a checkpoint.');
  if (sentence.trim() === '') throw noSentence();
  const translator = await openCheckpoint(runFolder, checkpoint, { threads });
  try {
    const [translation] = await translator.translate([sentence], signal === undefined ? {} : { signal });
    if (translation === undefined) throw new RangeError('A sentence has a translation');
    const { text, picture } = translation;
    return { text, source: picture.source, target: picture.output, weights: picture.weights };
  } finally {
    await translator.close();
  }
}

const noSentence = (): EngineError => new EngineError('INVALID_INPUT', 'There is no sentence to look at.', 'Type a sentence in the language that the model translates from.');

async function weightsAt({ architecture, parameters }: StudentFolder, runFolder: string, checkpoint: number | null): Promise<ParameterStore> {
  if (checkpoint === null) return parameters;
  return weightsWithChange(new Map([...parameters, ...(await learnedAt(runFolder, checkpoint))]), architecture, 1);
}

/** The parameters of a checkpoint by their own names. */
async function learnedAt(runFolder: string, checkpoint: number): Promise<ParameterStore> {
  const { tensors } = await new RunDirectory(runFolder).load(checkpoint);
  const prefix = parameterName('');
  return new Map([...tensors].flatMap(([name, parameter]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), parameter] as const] : [])));
}

/** `best` [B] is the likeliest piece after the last one given, `attention` [B, T, S] the alignment head's. */
function attentionGraph(architecture: StudentArchitecture, parameters: ParameterStore) {
  const g = new GraphBuilder('attention');
  for (const { name, type, dims } of givenInputs(architecture)) g.input(name, type, dims);
  const parameter = (name: string): string => {
    const known = parameters.get(name);
    if (known === undefined) throw new RangeError(`The parameter ${name} is missing`);
    return g.constant(float32(known.dims, known.data), name);
  };
  const made = new Map<string, string>();
  const once = (name: string): string => {
    const value = made.get(name) ?? parameter(name);
    made.set(name, value);
    return value;
  };
  const { hidden, attention } = studentForward(g, architecture, { parameter: once, input: (name) => name });
  const last = g.node('Gather', [hidden, g.constant(int64([], [-1]))], { attributes: { axis: int(0) } });
  const table = g.node('Transpose', [once(embeddingOf(architecture, 'target'))], { attributes: { perm: ints(1, 0) } });
  const scores = g.node('Add', [g.node('MatMul', [last, table]), once('decoder_ff_logit_out_b')]);
  g.namedOutput('best', g.node('ArgMax', [scores], { attributes: { axis: int(-1), keepdims: int(0) } }), 'int64');
  g.namedOutput('attention', g.node('Identity', [attention]), 'float32');
  return g.model('bitext-studio');
}

const givenInputs = (architecture: StudentArchitecture) => studentInputs(architecture).filter(({ name }) => name !== 'labels' && name !== 'labelWeights');

/** One piece a run: the whole sentence is computed each time, which for one sentence costs less than a graph with a state. */
async function translate(session: GraphSession, { architecture, target: { eosId } }: StudentFolder, source: readonly number[], signal: AbortSignal | undefined): Promise<{ target: number[]; weights: number[][] }> {
  const target: number[] = [];
  const most = Math.min(MOST_PIECES, 2 * source.length + 8);
  let weights: number[][] = [];
  while (target.length < most && target.at(-1) !== eosId) {
    signal?.throwIfAborted();
    // What stands last is not looked at: it is what is asked for.
    const { tensors } = studentBatch([{ source, target: [...target, eosId] }], architecture.dim);
    const feeds = Object.fromEntries(session.inputs.flatMap(({ name }) => { const tensor = tensors[name]; return tensor === undefined ? [] : [[name, tensor] as const]; }));
    const result = await session.run(feeds, ['best', 'attention']);
    target.push(Number(result['best']?.data[0]));
    const all = Array.from(result['attention']?.data ?? [], Number);
    weights = target.map((_, row) => all.slice(row * source.length, (row + 1) * source.length));
  }
  return { target, weights };
}
