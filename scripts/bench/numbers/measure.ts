/**
 * Whether a number of the source is in the translation or the segment is flagged, always: over the units of real documents
 * and over generated sentences with planted numbers. Digits are looked for here by a search of their own, not the engine's.
 *
 *   npm run bench:numbers [-- --units 6000 --generated 3000 --show 5]
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultCache } from '../../../app/cli/workspace.ts';
import { asciiDigits } from '../../../native-models/alignment/decimal-digits.ts';
import type { Translation } from '../../../native-models/engine/engine.ts';
import { createOnnxEngine } from '../../../native-models/engine/onnx-engine.ts';
import { NUMBER_SHAPES, sentenceWith, standsIn } from '../../../native-models/engine/testing/number-shapes.ts';
import { checkout, modelsFolder } from '../../setup/places.mjs';

const { values: options } = parseArgs({ options: { units: { type: 'string', default: '6000' }, generated: { type: 'string', default: '3000' }, show: { type: 'string', default: '5' } } });
const folder = join(modelsFolder(), 'enpt-1693087644');
if (!existsSync(folder)) throw new Error(`${folder} is not there: the measure needs the default model ("npm run setup").`);

interface NumberedText { readonly text: string; readonly digits: readonly string[] }

/** Runs of digits with at most a separator between two; what joins more than that is another number. */
const digitsIn = (text: string): string[] => Array.from(asciiDigits(text.normalize('NFKC')).matchAll(/[0-9]+(?:[.,:'’][0-9]+)*/g), ([number]) => number.replace(/[^0-9]/g, ''));

/** Texts of documents, one JSON object a line with the units of a file, each with its text. */
function unitsOfDocuments(most: number): NumberedText[] {
  const file = join(process.env['BITEXT_TEST_DATA'] ?? join(checkout, '..', 'shared', 'data'), 'documents', 'expected-units.jsonl');
  if (!existsSync(file)) return [];
  const texts = new Set<string>();
  for (const line of readFileSync(file, 'utf8').split('\n')) for (const [, quoted = ''] of line.matchAll(/"text": ("(?:[^"\\]|\\.)*")/g)) texts.add(String(JSON.parse(quoted)));
  return [...texts].filter((text) => text.length < 2000 && /\p{Nd}/u.test(text)).slice(0, most).map((text) => ({ text, digits: digitsIn(text) }));
}

/** The same in every run. */
function generated(count: number): NumberedText[] {
  let state = 20_261_122;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
  return Array.from({ length: count }, () => {
    const numbers = Array.from({ length: 1 + next(4) }, () => NUMBER_SHAPES[next(NUMBER_SHAPES.length)]?.(next([30, 9999, 99_999_999][next(3)] ?? 10)));
    const given = numbers.filter((number) => number !== undefined);
    return { text: sentenceWith(given.map(({ text }) => text), 'en'), digits: given.flatMap(({ digits }) => digits) };
  });
}

const engine = createOnnxEngine({ modelDirs: [folder], cacheDir: join(defaultCache(), 'graphs'), threads: 1 });
let silent = 0;
for (const [name, texts] of [['units of documents with numbers', unitsOfDocuments(Number(options.units))], ['generated sentences', generated(Number(options.generated))]] as const) {
  const found: Translation[] = [];
  await engine.translate({ from: 'en', to: 'pt', texts: texts.map(({ text }) => text), priority: 'batch', alignment: false }, {
    onBatch: ({ indices, translations }) => indices.forEach((index, i) => { const one = translations[i]; if (one !== undefined) found[index] = one; }),
  });
  const flagged = found.filter(({ flags }) => flags.includes('number-changed')).length, rewritten = found.filter(({ flags }) => flags.includes('number-rewritten')).length;
  const missing = texts.filter(({ digits }, i) => !standsIn(digits, found[i]?.text ?? ''));
  const unnoticed = texts.flatMap(({ text, digits }, i) => {
    const { text: target = '', flags = [] } = found[i] ?? {};
    return standsIn(digits, target) || flags.length > 0 ? [] : [`${text}\n    => ${target}`];
  });
  silent += unnoticed.length;
  console.log(`${texts.length} ${name}: ${missing.length} without a number of their source, ${unnoticed.length} of these without a flag; flagged number-changed ${flagged}, number-rewritten ${rewritten}`);
  for (const text of unnoticed.slice(0, Number(options.show))) console.log(`  ${text}`);
}
await engine.close();
if (silent > 0) process.exitCode = 1;
