import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../contract/errors.ts';
import { howTo } from './how-to.ts';

const root = join(import.meta.dirname, '..', '..', '..');
/** What speaks to the window and the command line alike. */
const SHARED = ['app/contract', 'app/core', 'app/hosts', 'native-models'];
/** A command of this program, or one of its options, in a text. */
const COMMAND = /bitext (?:translate|models|project|train|finetune|doctor|summarize|ask|check|evaluate|generate|memory|formats|extract|roundtrip|pseudo)\b|--(?:model|device|precision|from|to|encoding|question|onnx|weights|help|terms|threads|workspace|run|config)\b/u;

test('what window and command line both tell names no command and no option', () => {
  const told: string[] = [];
  for (const folder of SHARED)
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts') || path.includes('testing')) continue;
      readFileSync(path, 'utf8').split('\n').forEach((line, i) => {
        // Comments may; external programs have options of their own.
        const code = line.replace(/\/\/.*$/u, '').replace(/\/\*\*?.*?(?:\*\/|$)/gu, '').replace(/optimum-cli [^`]*/u, '');
        if (!/^\s*\*/u.test(code) && COMMAND.test(code)) told.push(`${path.slice(root.length + 1)}:${i + 1}: ${code.trim()}`);
      });
    }
  expect(told).toEqual([]);
});

test('the command line says how, for codes that need it', () => {
  expect(ERROR_CODES.filter((code) => howTo(code) !== null)).toEqual(['ENCODING_UNSUPPORTED', 'MODEL_MISSING', 'MODEL_BROKEN', 'PAIR_WITHOUT_MODEL', 'DEVICE_UNAVAILABLE', 'ENGINE_EXITED']);
  expect(howTo('ENGINE_EXITED')).toContain('bitext doctor');
});
