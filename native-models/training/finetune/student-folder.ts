/** A student's folder as fine-tuning needs it: its tensors, vocabularies and shortlist; and such a folder with other weights. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openSentencePiece, type SentencePieceTokenizer } from '../../tokenizers/sentencepiece.ts';
import { readLexicalShortlist, type LexicalShortlist } from '../../weights/lexical-shortlist.ts';
import { readMarianBinary, type MarianTensor } from '../../weights/marian-binary.ts';
import { readStudentArchitecture, type StudentArchitecture } from '../../weights/marian-config.ts';
import { inspectMarianFolder } from '../../weights/marian-folder.ts';
import { isMultiplier, MarianWeights } from '../../weights/marian-weights.ts';
import { writeLexicalShortlist } from '../../weights/write-lexical-shortlist.ts';
import { floatTensor, writeMarianBinary } from '../../weights/write-marian-binary.ts';
import type { Parameter, ParameterStore } from '../parameters.ts';
import { readStudentParameters } from '../student/student-parameters.ts';

export interface StudentFolder {
  readonly folder: string;
  readonly files: { readonly model: string; readonly sourceVocabulary: string; readonly targetVocabulary: string; readonly shortlist: string | null };
  readonly tensors: ReadonlyMap<string, MarianTensor>;
  readonly architecture: StudentArchitecture;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly shortlist: LexicalShortlist | null;
  readonly source: SentencePieceTokenizer;
  readonly target: SentencePieceTokenizer;
}

/** Errors: those of reading a student; nothing but students can be fine-tuned so. */
export async function openStudentFolder(folder: string): Promise<StudentFolder> {
  const { files } = await inspectMarianFolder(folder);
  const tensors = readMarianBinary(await readFile(path.join(folder, files.model)), files.model);
  const architecture = readStudentArchitecture(tensors, files.model);
  const source = openSentencePiece(path.join(folder, files.sourceVocabulary));
  const target = files.targetVocabulary === files.sourceVocabulary ? source : openSentencePiece(path.join(folder, files.targetVocabulary));
  const shortlist = files.shortlist === null ? null : readLexicalShortlist(await readFile(path.join(folder, files.shortlist)), files.shortlist);
  return { folder, files, tensors, architecture, parameters: readStudentParameters(new MarianWeights(tensors, files.model), architecture), shortlist, source, target };
}

/** Writes the student with other tensors, and another shortlist where one is given, into a new folder. */
export async function writeStudentFolder({ folder, files }: StudentFolder, into: string, tensors: ReadonlyMap<string, MarianTensor>, shortlist: LexicalShortlist | null): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const name of new Set([files.sourceVocabulary, files.targetVocabulary])) await copyFile(path.join(folder, name), path.join(into, name));
  await writeFile(path.join(into, files.model), writeMarianBinary(tensors));
  if (files.shortlist !== null && shortlist !== null) await writeFile(path.join(into, files.shortlist), writeLexicalShortlist(shortlist));
}

/** Writes the student with `weights` in float32 and without its shortlist, for measuring. */
export async function writeFloatStudent(student: StudentFolder, into: string, weights: ParameterStore): Promise<void> {
  const tensors = [...student.tensors].filter(([name]) => !isMultiplier(name)).map(([name, stored]): [string, MarianTensor] => {
    const parameter = weights.get(name);
    return [name, parameter === undefined ? stored : floatTensor(stored.shape, parameter.data)];
  });
  await writeStudentFolder(student, into, new Map(tensors), null);
}
