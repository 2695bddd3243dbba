/** The default students, which `npm run setup` installs: tests that need one are skipped where it is not. What else lies beside them is of no account. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const MODELS = process.env['BITEXT_MODELS'] ?? path.join(homedir(), '.cache', 'bitext-studio', 'models');
const IDS = { enpt: 'enpt-1693087644', pten: 'pten-1693087646' } as const;
export type StudentPair = keyof typeof IDS;

/** The folder of the student of a pair; null where it is not installed. */
export function defaultStudent(pair: StudentPair): string | null {
  const folder = path.join(MODELS, IDS[pair]);
  return existsSync(folder) ? folder : null;
}

/** Files of the installed students whose names match, with their folders. */
export function defaultStudentFiles(name: RegExp): string[] {
  return [defaultStudent('enpt'), defaultStudent('pten')].flatMap((folder) => (folder === null ? [] : readdirSync(folder).filter((file) => name.test(file)).map((file) => path.join(folder, file))));
}
