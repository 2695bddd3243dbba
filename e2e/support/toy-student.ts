/** A tiny model that can learn in seconds, and the corpus for it; made by a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../../scripts/setup/places.mjs';

/** The folders `enpt` (a student that knows nothing) and the file `corpus.tsv` in `folder`. */
export async function writeToyStudent(folder: string): Promise<{ readonly corpus: string }> {
  await promisify(execFile)(process.execPath, [join(checkout, 'native-models', 'training', 'finetune', 'testing', 'write-toy-student.ts'), folder]);
  return { corpus: join(folder, 'corpus.tsv') };
}
