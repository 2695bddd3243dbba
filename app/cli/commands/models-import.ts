import { existsSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { importAny } from '../../../native-models/catalog/import-zip.ts';
import { readManifest } from '../../../native-models/catalog/manifest.ts';
import type { ReferenceTexts } from '../../../native-models/catalog/measure-loss.ts';
import { beginImport } from '../../../native-models/catalog/unfinished-imports.ts';
import { describeLanguages } from '../../../native-models/catalog/model-pairs.ts';
import { createEngineProcess } from '../../../native-models/engine/engine-process.ts';
import type { Precision } from '../../../native-models/engine/engine.ts';
import { describePrecisionLoss } from '../../../native-models/evaluation/precision-loss.ts';
import { StudioError } from '../../contract/errors.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { describeHead } from '../terminal/describe-head.ts';
import { EXIT } from '../terminal/exit-codes.ts';

interface Options extends SharedOptions {
  readonly quality?: string;
}

const PHASES = { copy: 'Copying', align: 'Looking for the head that aligns', measure: 'Measuring what fewer bits cost' } as const;

/** `bitext models import`: a folder or zip into the store, with what could be found out about it. */
export const modelsImport: Action<Options> = async ({ terminal, workspace, json, signal }, [path = ''], options) => {
  const texts = options.quality === undefined ? undefined : await readPairs(resolve(options.quality));
  const precision = precisionOf(options.precision);
  const store = join(workspace, 'models');
  // Graphs in float32 are needed once. Beside the models: what a killed import leaves is removed by the next one.
  const cacheDir = beginImport(store);
  try {
    const model = await importAny(resolve(path), store, {
      signal,
      importing: {
        report: (phase) => { terminal.note(`${PHASES[phase]} ...`); },
        warn: (message) => { terminal.warn(message); },
        openEngine: (folder, wanted) => createEngineProcess({ modelDirs: [folder], cacheDir, device: 'cpu', precision: wanted, ...(options.threads === undefined ? {} : { threads: Number(options.threads) }) }),
        ...(precision === undefined ? {} : { precision }),
        ...(texts === undefined ? {} : { texts }),
      },
    }).catch((error: unknown) => { throw fromEngine(error); });
    const { alignment, quality } = readManifest(model.folder);
    if (json) terminal.result(JSON.stringify({ ...model, ...(alignment === undefined ? {} : { alignment }), ...(quality === undefined ? {} : { quality }) }));
    else {
      terminal.result(`${model.id}  ${describeLanguages(model)}\n    ${model.folder}`);
      if (alignment?.agreement !== undefined) terminal.note(`Words are aligned by ${describeHead(alignment)}: ${Math.round(100 * alignment.agreement)} % of the words that were tried.`);
      if (quality !== undefined) terminal.note(describePrecisionLoss(quality));
    }
  } finally {
    rmSync(cacheDir, { recursive: true, force: true, maxRetries: 5 });
  }
  return EXIT.done;
};

function precisionOf(text: string | undefined): Precision | undefined {
  if (text === undefined || text === 'int8') return undefined;
  if (text === 'float32' || text === 'float16') return text;
  throw new StudioError('INVALID_INPUT', `There is no precision ${text}.`, { advice: 'Use int8, float16 or float32.' });
}

/** Source and reference of each line, a tab between them. Throws INVALID_INPUT naming the first line without one. */
async function readPairs(file: string): Promise<ReferenceTexts> {
  if (!existsSync(file)) throw new StudioError('INVALID_INPUT', `There is no file ${file}.`, { advice: 'Give --quality a file with a source, a tab and its translation in each line.' });
  const lines = (await readFile(file, 'utf8')).replace(/^\ufeff/, '').split(/\r?\n/);
  const pairs = lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const [source = '', reference = ''] = line.split('\t');
    if (source.trim() === '' || reference.trim() === '') throw new StudioError('INVALID_INPUT', `Line ${i + 1} of ${file} has no source and reference with a tab between them.`, { advice: 'Correct that line, or take it out.' });
    return [[source, reference] as const];
  });
  if (pairs.length === 0) throw new StudioError('INVALID_INPUT', `${file} has no lines.`, { advice: 'Give --quality a file with a source, a tab and its translation in each line.' });
  return { sources: pairs.map(([source]) => source), references: pairs.map(([, reference]) => reference) };
}
