/** Where a fine-tuned transformer of any family looks while it translates a text: the engine's own search on what was learned. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { framed } from '../../engine/language-frame.ts';
import { openModelSides } from '../../engine/model-sides.ts';
import { openModel } from '../../runtime/open-model.ts';
import { isObject } from '../../tokenizers/huggingface/json-values.ts';
import type { InspectedFolder } from '../../weights/model-folder.ts';
import { openTunableModel } from '../finetune/open-tunable-model.ts';
import type { TuningTask } from '../finetune/finetune-job.ts';
import type { ParameterStore } from '../parameters.ts';
import { openPretrainedText } from '../pretrained/pretrained-text.ts';
import type { AttentionMap } from '../training-tasks.ts';

export interface PretrainedAttention {
  readonly model: InspectedFolder;
  readonly runFolder: string;
  /** What was learned; null for the model as it is. */
  readonly learned: ParameterStore | null;
  readonly sentence: string;
}

const SPACE = '\u2581';
const END_PIECE = '</s>';
/** Language codes and what else stands around a text. */
const OTHER_PIECE = '<>';

/** Greedily, in float32. Errors: those of reading the model. */
export async function pretrainedAttention({ model, runFolder, learned, sentence }: PretrainedAttention, threads: number): Promise<AttentionMap> {
  const work = await mkdtemp(path.join(tmpdir(), 'bitext-attention-'));
  try {
    const task = await taskOf(runFolder);
    let { folder } = model;
    if (learned !== null) {
      folder = path.join(work, 'learned');
      await (await openTunableModel(model.folder, task)).writer([], { threads }).write(learned, 1, folder);
    }
    // The start token of examples, which a teacher's settings don't name, is not needed here.
    const text = await openPretrainedText(model, task, model.format === 'marian-npz' ? 0 : null, null);
    const { source, target } = await openModelSides(model);
    const ids = framed(text.frame, [...text.source.encode(sentence), source.eosId]);
    const compiled = await openModel({ folder, format: model.format, precision: 'float32', threads, device: 'cpu', cacheDir: path.join(work, 'graphs') }, () => undefined);
    const { firstToken, generation } = text.frame;
    const { outputs: [output] } = await compiled.run([ids], { alignment: true, scores: false, beam: 1, ...(firstToken === null ? {} : { firstToken }), ...(generation === undefined ? {} : { generation }) }).finally(() => compiled.close());
    const said = Array.from(output?.ids ?? []);
    const { text: translation, offsets } = target.decodeWithOffsets(said);
    const pieces = [...piecesOf(translation, offsets), ...(output?.truncated === false ? [END_PIECE] : [])];
    return {
      text: translation, source: sourcePieces(ids, source, sentence), target: pieces,
      weights: pieces.map((_, row) => [...(output?.attention ?? []).slice(row * ids.length, (row + 1) * ids.length)]),
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** As the run says; translation where it says nothing. */
async function taskOf(runFolder: string): Promise<TuningTask> {
  const run: unknown = await readFile(path.join(runFolder, 'run.json'), 'utf8').then((text): unknown => JSON.parse(text), () => null);
  const settings = isObject(run) ? run['settings'] : null;
  const task = isObject(settings) ? settings['task'] : null;
  if (!isObject(task)) return { task: 'translate', from: 'und', to: 'und' };
  if (task['task'] === 'summarize' || task['task'] === 'answer') return { task: task['task'] };
  const language = (name: 'from' | 'to'): string => (typeof task[name] === 'string' ? task[name] : 'und');
  return { task: 'translate', from: language('from'), to: language('to') };
}

/** The part of the text that each token stands for, a space before it as U+2581. */
function piecesOf(text: string, offsets: Int32Array): string[] {
  return Array.from({ length: offsets.length / 2 }, (_, token) => {
    const [from = 0, to = 0] = offsets.subarray(2 * token, 2 * token + 2);
    const part = text.slice(from, to);
    return (from === 0 || text[from - 1] === ' ' ? SPACE : '') + part.replaceAll(' ', SPACE);
  });
}

/** Names of the ids: the tokens of the text by their parts of it, others as what they are. */
function sourcePieces(ids: readonly number[], { encodeWithOffsets, eosId }: Awaited<ReturnType<typeof openModelSides>>['source'], sentence: string): string[] {
  const own = encodeWithOffsets(sentence);
  const named = piecesOf(sentence, own.offsets);
  // What stands around a text comes before and behind it in one piece each.
  const from = ids.findIndex((_, at) => own.ids.every((id, index) => ids[at + index] === id));
  return ids.map((id, at) => (from >= 0 && at >= from && at < from + own.ids.length ? (named[at - from] ?? '') : id === eosId ? END_PIECE : OTHER_PIECE));
}
