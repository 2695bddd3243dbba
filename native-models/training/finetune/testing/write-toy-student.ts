/** `node write-toy-student.ts FOLDER`: for tests that start from outside. */
import { mkdirSync } from 'node:fs';
import { writeToyStudent } from './toy-student.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder');
mkdirSync(folder, { recursive: true });
console.log(JSON.stringify(await writeToyStudent(folder)));
