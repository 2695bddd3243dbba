/** A folder with a seeded student and a shortlist, as a model lies on the disk, and the reference for it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CompiledModel } from '../../runtime/compiled-model.ts';
import { openMarianStudent } from '../../runtime/open-marian-student.ts';
import { readMarianBinary } from '../../weights/marian-binary.ts';
import { readStudentArchitecture } from '../../weights/marian-config.ts';
import { MarianWeights } from '../../weights/marian-weights.ts';
import type { SyntheticStudent } from '../../weights/testing/synthetic-student.ts';
import { seededRandom, studentFile, writeLexicalShortlist } from '../../weights/testing/synthetic-student.ts';
import { ReferenceStudent } from './reference-student.ts';

export interface SeededStudentFolder {
  readonly reference: (precision: 'int8' | 'float32') => ReferenceStudent;
  /** What the shortlist allows for a source. */
  candidatesOf(source: readonly number[]): number[];
  open(precision: 'int8' | 'float32', shortlist: boolean): Promise<CompiledModel>;
  /** Closes what was opened and removes the folder. */
  remove(): Promise<void>;
}

const FREQUENT = 4;
const PER_SOURCE = 6;

export async function seededStudentFolder(student: SyntheticStudent): Promise<SeededStudentFolder> {
  const random = seededRandom(student.seed + 1);
  const anyId = (): number => Math.floor(random() * student.vocabulary);
  const lists = Array.from({ length: student.vocabulary }, () => Array.from({ length: PER_SOURCE }, anyId));
  const bytes = studentFile(student);
  const folder = await mkdtemp(path.join(tmpdir(), 'student-'));
  await writeFile(path.join(folder, 'model.xxyy.bin'), bytes);
  await writeFile(path.join(folder, 'vocab.xxyy.spm'), 'not read here');
  await writeFile(path.join(folder, 'lex.xxyy.bin'), writeLexicalShortlist(FREQUENT, lists));
  const tensors = readMarianBinary(bytes, 'model.bin');
  const architecture = readStudentArchitecture(tensors, 'model.bin');
  const opened: CompiledModel[] = [];
  return {
    reference: (precision) => new ReferenceStudent(new MarianWeights(tensors, 'model.bin'), architecture, precision === 'int8'),
    candidatesOf: (source) => [...new Set([...Array.from({ length: FREQUENT }, (_, id) => id), ...source.flatMap((id) => lists[id] ?? [])])],
    async open(precision, shortlist) {
      const model = await openMarianStudent({ folder, cacheDir: path.join(folder, 'cache'), precision, threads: 1, device: 'cpu', shortlist });
      opened.push(model);
      return model;
    },
    async remove() {
      for (const model of opened) await model.close();
      await rm(folder, { recursive: true });
    },
  };
}
