/** Reads the corpora of a translation memory. */
import { basename, extname } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import { readBilingual } from '../bilingual/registry.ts';
import { readNamed } from '../files/read-named.ts';
import { decodeText } from '../files/text-encoding.ts';
import { detectFormat } from '../formats/registry.ts';
import { decodeXml } from '../formats/xliff/xml-file.ts';
import { modelText, tagsForModel } from '../jobs/model-text.ts';
import { plainText } from '../segments/runs.ts';
import { confirmedUnits } from './confirmed-units.ts';
import { readTmxUnits } from './tmx-units.ts';
import { TranslationMemory, type TranslationUnit } from './translation-memory.ts';

interface LanguagePair { readonly from: string; readonly to: string }

/**
 * A memory of some files: TMX; tables (TSV: source, tab, translation; or the studio's own bilingual table); XLIFF and PO;
 * projects (`.bitext`), of which the confirmed segments count. The name of a corpus is its file's.
 * @throws StudioError FILE_MISSING, FORMAT_BROKEN, FORMAT_LIMIT, and INVALID_INPUT for another kind of file, one in other
 * languages, or one without a translation.
 */
export async function loadMemory(paths: readonly string[], pair: LanguagePair, signal: AbortSignal): Promise<TranslationMemory> {
  const memory = new TranslationMemory();
  for (const path of paths) {
    signal.throwIfAborted();
    const before = memory.size;
    await memory.addInSteps(basename(path), await unitsIn(path, pair, signal), signal);
    if (memory.size === before)
      throw new StudioError('INVALID_INPUT', `${basename(path)} has no translation from ${pair.from} to ${pair.to}.`, { advice: 'Check the languages of the file and those that are asked for; of a project only confirmed segments count.', data: { path } });
  }
  return memory;
}

async function unitsIn(path: string, pair: LanguagePair, signal: AbortSignal): Promise<readonly TranslationUnit[]> {
  const kind = extname(path).toLowerCase();
  if (kind === '.bitext') return confirmedUnits(path, pair);
  const bytes = await readNamed(path);
  if (kind === '.tmx') return readTmxUnits(decodeXml(bytes, undefined).text, basename(path), pair);
  if (kind === '.tsv' || kind === '.txt') return tableUnits(bytes);
  const format = detectFormat(bytes, basename(path));
  if (format.bilingual !== true)
    throw new StudioError('INVALID_INPUT', `${basename(path)} is no translation memory that can be read.`, { advice: 'Use TMX, XLIFF, PO, a table (TSV: source, translation) or a project (.bitext).', data: { path } });
  const { units } = await format.read(bytes, { ...pair, signal });
  return units.flatMap(({ source, target, tags }) => {
    const read = tagsForModel(tags);
    return target === null || target === undefined || target.length === 0 ? [] : [{ source: modelText(source, read), target: modelText(target, read) }];
  });
}

function tableUnits(bytes: Uint8Array): TranslationUnit[] {
  const { text } = decodeText(bytes);
  if (text.replace(/^\ufeff/, '').startsWith('file\tid\tsource\ttarget\t'))
    return readBilingual('tsv', bytes).flatMap(({ source, target }) => (target === null ? [] : [{ source: plainText(source), target: plainText(target) }]));
  return text.split(/\r?\n/).flatMap((line) => {
    const [source = '', target = ''] = line.split('\t');
    return [{ source, target }];
  });
}
