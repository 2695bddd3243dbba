/** `bitext check FILE`: the studio's checks on the translations of a bilingual file. */
import { extname, resolve } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import type { Runs, Tag } from '../../contract/shapes/text.ts';
import { readBilingual } from '../../core/bilingual/registry.ts';
import { readNamed } from '../../core/files/read-named.ts';
import { checkTarget } from '../../core/segments/findings.ts';
import { tagRuns } from '../../core/segments/runs.ts';
import type { Action } from '../command.ts';
import { loadTerms } from '../../core/terms/load-terms.ts';
import { TermRules } from '../../core/terms/term-rules.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openDocument } from './document-file.ts';
import { tellUnusableTerms } from './unusable-terms.ts';
import { counted } from '../terminal/counted.ts';

interface Options extends SharedOptions { readonly from: string; readonly to: string; readonly terms?: readonly string[] }
interface Pair { readonly name: string; readonly source: Runs; readonly target: Runs | null; readonly tags: readonly Tag[] }

/** XLIFF and PO of any origin; TMX and TSV that the studio wrote. Exit code 1 when an error was found. */
export const check: Action<Options> = async ({ terminal, json, signal }, [file], { from, to, terms: termbases = [] }) => {
  const loaded = await loadTerms(termbases.map((path) => resolve(path)), { from, to });
  tellUnusableTerms(terminal, loaded.failures);
  const terms = new TermRules(loaded.entries);
  let errors = 0, warnings = 0, translated = 0;
  const pairs = await pairsOf(file ?? '', signal);
  for (const { name, source, target, tags } of pairs) {
    if (target !== null) translated++;
    for (const { code, severity, message } of checkTarget({ source, target, tags, terms })) {
      if (severity === 'error') errors++;
      else warnings++;
      terminal.result(json ? JSON.stringify({ unit: name, severity, code, message }) : `${severity.padEnd(7)}  ${name}  ${message}`);
    }
  }
  terminal.note(`${counted(pairs.length, 'text')}, ${translated.toLocaleString('en')} translated: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`);
  return errors > 0 ? EXIT.someFailed : EXIT.done;
};

async function pairsOf(file: string, signal: AbortSignal): Promise<Pair[]> {
  const kind = { '.tmx': 'tmx', '.tsv': 'tsv' }[extname(file).toLowerCase()];
  if (kind === 'tmx' || kind === 'tsv')
    return readBilingual(kind, await readNamed(resolve(file))).map(({ id, source, target }) => ({ name: `segment ${id}`, source, target, tags: tableOf(source) }));
  const { format, parsed } = await openDocument(file, { signal });
  if (!format.bilingual)
    throw new StudioError('INVALID_INPUT', `${file} holds no translations beside its source.`, { advice: 'Name an XLIFF, PO, TMX or TSV file.' });
  return parsed.units.map(({ id, source, target, tags }) => ({ name: id, source, target: target && target.length > 0 ? target : null, tags }));
}

/** Tags of a file that keeps their numbers alone: none may be lost. */
function tableOf(runs: Runs): Tag[] {
  const last = Math.max(0, ...tagRuns(runs).map(({ tag }) => tag));
  return Array.from({ length: last }, (_, i) => ({ tag: i + 1, label: 'tag', open: '', canDelete: false, canCopy: false }));
}
