/** The tokenizers of a model, whatever its family, and what it needs to be told about the languages of a request. */
import path from 'node:path';
import { languageFit } from '../catalog/languages.ts';
import { readManifest } from '../catalog/manifest.ts';
import { languageCodesOf } from '../tokenizers/huggingface/language-tokens.ts';
import type { ModelTokenizer } from '../tokenizers/huggingface/model-tokenizer.ts';
import { openModelTokenizer } from '../tokenizers/huggingface/open-model-tokenizer.ts';
import { openMarianTeacherTokenizer } from '../tokenizers/huggingface/sentencepiece-vocabulary.ts';
import { sourceSide, targetSide } from '../tokenizers/huggingface/side-tokenizers.ts';
import { translationTasks } from '../tokenizers/huggingface/task-prefixes.ts';
import { openSentencePiece } from '../tokenizers/sentencepiece.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { inspectMarianFolder } from '../weights/marian-folder.ts';
import { readTeacherVocabularies } from '../weights/marian-teacher-folder.ts';
import type { InspectedFolder } from '../weights/model-folder.ts';
import { recurrentVocabularies } from '../weights/recurrent-folder.ts';
import { codeOf, type LanguageFrame } from './language-frame.ts';

export interface ModelSides {
  readonly source: Tokenizer;
  readonly target: Tokenizer;
  /** Throws EngineError PAIR_WITHOUT_MODEL for languages that a multilingual model does not know. */
  frame(from: string, to: string): LanguageFrame;
}

/** Throws EngineError MODEL_MISSING, MODEL_BROKEN or MODEL_UNSUPPORTED. */
export async function openModelSides(model: InspectedFolder): Promise<ModelSides> {
  if (model.format === 'marian-bin') return studentSides(model.folder, (await inspectMarianFolder(model.folder)).files);
  if (model.format === 'recurrent') {
    const { source, target } = recurrentVocabularies(model.folder);
    return studentSides(model.folder, { sourceVocabulary: source, targetVocabulary: target });
  }
  const tokenizer = model.format === 'marian-npz' ? await teacherTokenizer(model.folder) : openModelTokenizer(model.folder);
  return { source: sourceSide(tokenizer), target: targetSide(tokenizer), frame: frames(model, tokenizer) };
}

function studentSides(folder: string, files: { readonly sourceVocabulary: string; readonly targetVocabulary: string }): ModelSides {
  const source = openSentencePiece(path.join(folder, files.sourceVocabulary));
  const target = files.targetVocabulary === files.sourceVocabulary ? source : openSentencePiece(path.join(folder, files.targetVocabulary));
  const frame: LanguageFrame = { before: [], after: [source.eosId], firstToken: null };
  return { source, target, frame: () => frame };
}

async function teacherTokenizer(folder: string): Promise<ModelTokenizer> {
  const { source, target } = await readTeacherVocabularies(folder);
  return openMarianTeacherTokenizer(folder, source.ids, target.ids);
}

function frames({ folder, architecture, format }: InspectedFolder, tokenizer: ModelTokenizer): ModelSides['frame'] {
  if (tokenizer.languages.length > 0)
    return (from, to) => ({ ...tokenizer.around(codeOf(tokenizer.languages, from)), firstToken: tokenizer.languageId(codeOf(tokenizer.languages, to)) });
  const around = tokenizer.around();
  const { prefix: written } = readManifest(folder);
  const told = (prefix: string | undefined): LanguageFrame => ({ before: [...around.before, ...(prefix === undefined ? [] : tokenizer.encodeWithOffsets(prefix.trimEnd()).ids)], after: around.after, firstToken: null });
  if (written !== undefined) return () => told(written);
  if (architecture === 't5' || architecture === 'mt5') {
    const { pairs } = translationTasks(folder);
    return (from, to) => {
      const task = pairs.find((each) => languageFit(each.from, from) > 0 && languageFit(each.to, to) > 0) ?? pairs[0];
      return { ...told(task?.prefix), ...(task === undefined ? {} : { generation: task.settings }) };
    };
  }
  const leading = format === 'marian-npz' ? [] : languageCodesOf(folder).codes;
  if (leading.length === 0) return () => told(undefined);
  return (_, to) => told(`>>${codeOf(leading, to)}<<`);
}
