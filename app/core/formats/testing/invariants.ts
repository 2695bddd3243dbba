/** What every document format must do, as checks that the tests of each format run over real documents. Test code only. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { StudioError } from '../../../contract/errors.ts';
import type { ReadonlyRuns, Runs } from '../../../contract/shapes/text.ts';
import { normalizeRuns, plainText, tagKey, tagRuns } from '../../segments/runs.ts';
import type { DocumentFormat, Unit, WriteOptions } from '../format.ts';
import { pseudoRuns } from '../pseudo.ts';

const DATA = process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../../../shared/data');
const DOCUMENTS = path.join(DATA, 'documents');
export const hasDocuments = existsSync(DOCUMENTS);
export const OPTIONS: WriteOptions = { from: 'en', to: 'pt', setLanguage: false };

export interface TestDocument { readonly name: string; readonly bytes: Uint8Array }

/** Documents of the test data in the folders of some extensions. */
export function documentsOf(...folders: string[]): TestDocument[] {
  return folders.flatMap((folder) => {
    const at = path.join(DOCUMENTS, folder);
    return existsSync(at) ? readdirSync(at).sort().map((name) => ({ name: `${folder}/${name}`, bytes: readFileSync(path.join(at, name)) })) : [];
  });
}

/** Units as text, for failures that can be read: `[role] text with <1>tags</1>`. */
export const showUnits = (units: readonly Unit[]): string[] => units.map(({ role, source }) => `[${role}] ${showRuns(source)}`);
export const showRuns = (runs: ReadonlyRuns): string => runs.map((run) => (typeof run === 'string' ? run : run.kind === 'open' ? `<${run.tag}>` : run.kind === 'close' ? `</${run.tag}>` : `<${run.tag}/>`)).join('');

/** (a) A write without targets gives the same bytes. */
export async function writesNothingUnasked(format: DocumentFormat, { bytes }: TestDocument): Promise<boolean> {
  return Buffer.compare(await format.write(bytes, new Map(), OPTIONS), bytes) === 0;
}

/** (a) A write of the sources as targets, then a read, gives the same units. */
export async function identityDifferences(format: DocumentFormat, document: TestDocument): Promise<string[]> {
  return translationDifferences(format, document, (runs) => normalizeRuns(runs));
}

/** (b) Differences between the pseudo-translated units and what is read from the written document: count, texts, tags. */
export async function pseudoDifferences(format: DocumentFormat, document: TestDocument): Promise<string[]> {
  const { encoding } = await format.read(document.bytes, OPTIONS);
  const holdsAccents = encoding === undefined || /^utf|1252|8859-1$/.test(encoding);
  return translationDifferences(format, document, holdsAccents ? pseudoRuns : (runs) => runs.map((run) => (typeof run === 'string' ? run.replace(/[aeiou]/g, 'u') : run)));
}

async function translationDifferences(format: DocumentFormat, { bytes }: TestDocument, translate: (runs: ReadonlyRuns) => Runs): Promise<string[]> {
  const before = await format.read(bytes, OPTIONS);
  const targets = new Map(before.units.filter(({ locked }) => !locked).map((unit) => [unit.id, translate(unit.target ?? unit.source)]));
  const written = await format.write(bytes, targets, OPTIONS);
  const after = await format.read(written, before.encoding === undefined ? OPTIONS : { ...OPTIONS, encoding: before.encoding });
  const differences: string[] = [];
  if (after.units.length !== before.units.length) differences.push(`${before.units.length} units became ${after.units.length}`);
  before.units.forEach((unit, i) => {
    const target = targets.get(unit.id), found = after.units[i];
    if (target === undefined) return;
    const got = found?.target ?? found?.source ?? [];
    const sameText = squash(plainText(got)) === squash(plainText(target));
    const keys = (runs: ReadonlyRuns): string => tagRuns(runs).map(tagKey).sort().join();
    if (!sameText || keys(got) !== keys(target)) differences.push(`${unit.id}: wrote ${showRuns(target).slice(0, 300)} | read ${showRuns(got).slice(0, 300)}`);
  });
  return differences.slice(0, 5);
}

const squash = (text: string): string => text.replace(/\s+/g, ' ').trim();

export interface Coverage { readonly share: number; readonly codes: number; readonly theirCodes: number; readonly missing: string[]; readonly files: number }

/**
 * (c) How much of the text that another framework extracts is found in ours; white space and markup aside. Codes are per unit.
 * What we protect by decision counts as found: code in a sentence, and what `leftAlone` takes from the document (code blocks).
 */
export async function coverage(format: DocumentFormat, folders: readonly string[], leftAlone: (bytes: Uint8Array) => readonly string[] = () => []): Promise<Coverage> {
  let characters = 0, found = 0, units = 0, codes = 0, theirUnits = 0, theirCodes = 0, files = 0;
  const missing: string[] = [];
  const documents = new Map(documentsOf(...folders).map((document) => [document.name, document]));
  for (const line of readFileSync(path.join(DOCUMENTS, 'expected-units.jsonl'), 'utf8').split('\n')) {
    if (line === '') continue;
    const expected: unknown = JSON.parse(line);
    if (!isExpectation(expected)) throw new Error(`expected-units.jsonl has an unexpected line: ${line.slice(0, 80)}`);
    const document = documents.get(expected.file);
    if (!document) continue;
    files++;
    const ours = await format.read(document.bytes, OPTIONS);
    units += ours.units.length;
    codes += ours.units.reduce((sum, unit) => sum + tagRuns(unit.source).length, 0);
    const text = [...ours.units.map(withProtected), ...leftAlone(document.bytes)].map(squeeze).join('');
    for (const unit of expected.units) {
      const wanted = squeeze(unit.text);
      theirUnits++;
      theirCodes += unit.codes;
      characters += wanted.length;
      if (text.includes(wanted)) found += wanted.length;
      else missing.push(`${expected.file}: ${unit.text}`);
    }
  }
  return { share: found / Math.max(1, characters), codes: codes / Math.max(1, units), theirCodes: theirCodes / Math.max(1, theirUnits), missing, files };
}

const withProtected = ({ source, tags }: Unit): string => source.map((run) => (typeof run === 'string' ? run : run.kind === 'empty' ? (tags[run.tag - 1]?.open ?? '') : '')).join('');

/** Text without white space, tags, entities and Markdown's marks, as both sides are compared. */
const squeeze = (text: string): string => text.replace(/<[^<>]{1,400}>|&[a-z#0-9]+;/g, '').replace(/[\s\\`[\]]+/g, '');

interface Expectation { file: string; units: { text: string; codes: number }[] }
const isExpectation = (value: unknown): value is Expectation => typeof value === 'object' && value !== null && 'file' in value && 'units' in value && Array.isArray(value.units);

/** (f) What a write of a broken tag set throws: its code and the unit it names. */
export async function brokenTags(format: DocumentFormat, bytes: Uint8Array, unit: string, target: ReadonlyRuns): Promise<{ code: string; unit: unknown }> {
  return failure(() => format.write(bytes, new Map([[unit, target]]), OPTIONS)).then(({ code, data }) => ({ code, unit: data['unit'] }));
}

/** The StudioError that a promise is rejected with; any other outcome fails the test. */
export async function failure(run: () => Promise<unknown>): Promise<StudioError> {
  try { await run(); } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** (g) Hostile input is answered: units or a StudioError. Returns which, and the milliseconds it took. */
export async function answer(format: DocumentFormat, text: string | Uint8Array): Promise<{ outcome: 'read' | string; milliseconds: number }> {
  const start = performance.now();
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  try {
    await format.read(bytes, OPTIONS);
    return { outcome: 'read', milliseconds: performance.now() - start };
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { outcome: error.code, milliseconds: performance.now() - start };
  }
}
