/** What the students are fine-tuned on for the bench: corpora of shared/data/parallel, as they are or the other way round. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openStudentFolder } from '../../../native-models/training/finetune/student-folder.ts';
import { openStudentTranslator } from '../../../native-models/training/finetune/tunable-student.ts';
import type { SentencePair } from '../../../native-models/training/corpus/read-corpus.ts';
import { checkout, modelsFolder } from '../../setup/places.mjs';

const data = path.join(process.env['BITEXT_TEST_DATA'] ?? path.join(checkout, '..', 'shared', 'data'), 'parallel');

export interface FinetuneCase {
  readonly name: string;
  /** A file from English to Portuguese. */
  readonly corpus: string;
  readonly direction: 'enpt' | 'pten';
}

/** The first is the issue's. */
export const FINETUNE_CASES: readonly FinetuneCase[] = [
  { name: 'rust', corpus: 'comprehensive-rust.en-pt-BR.tsv', direction: 'enpt' },
  { name: 'rust-back', corpus: 'comprehensive-rust.en-pt-BR.tsv', direction: 'pten' },
  { name: 'interface', corpus: 'poedit-ui.en-pt_BR.tsv', direction: 'enpt' },
  { name: 'interface-back', corpus: 'poedit-ui.en-pt_BR.tsv', direction: 'pten' },
];

export interface PreparedCase {
  readonly modelFolder: string;
  readonly corpusFile: string;
  readonly generalFile: string;
  /** General text with references, of another source than `generalFile`. */
  readonly measured: readonly SentencePair[];
}

const STUDENTS = { enpt: 'enpt-1693087644', pten: 'pten-1693087646' } as const;
/** More than a run takes. */
const GENERAL = 2500;

/** Writes a case's files into `work`. Throws where the data or a model is not there. */
export async function prepareCase({ corpus, direction }: FinetuneCase, work: string, threads: number): Promise<PreparedCase> {
  const modelFolder = path.join(modelsFolder(), STUDENTS[direction]);
  for (const needed of [data, modelFolder]) if (!existsSync(needed)) throw new Error(`not measured: ${needed} is not there`);
  const back = direction === 'pten';
  const pairs = (name: string): string[][] => readFileSync(path.join(data, name), 'utf8').split('\n').filter(Boolean).map((line) => (back ? line.split('\t').slice(0, 2).toReversed() : line.split('\t').slice(0, 2)));
  const corpusFile = path.join(work, 'corpus.tsv');
  writeFileSync(corpusFile, pairs(corpus).map((columns) => columns.join('\t')).join('\n'));
  const generalFile = path.join(work, 'general.txt');
  writeFileSync(generalFile, (await speeches(back, work, threads)).join('\n'));
  return { modelFolder, corpusFile, generalFile, measured: pairs('flores-dev.en-pt.tsv').map(([source = '', target = '']) => ({ source, target })) };
}

/** The English side of a corpus of speeches; for Portuguese, what the other student makes of some of it. */
async function speeches(inPortuguese: boolean, work: string, threads: number): Promise<string[]> {
  const english = readFileSync(path.join(data, 'europarl20k.en-fr.tsv'), 'utf8').split('\n').map((line) => line.split('\t')[0] ?? '');
  if (!inPortuguese) return english;
  const folder = path.join(modelsFolder(), STUDENTS.enpt);
  const translator = await openStudentTranslator(await openStudentFolder(folder), folder, { precision: 'int8', threads, cacheDir: path.join(work, 'graphs', 'speeches') });
  try {
    return (await translator.translate(english.filter(({ length }) => length >= 20 && length <= 300).slice(0, GENERAL))).map(({ text }) => text);
  } finally {
    await translator.close();
  }
}
