/** `bitext translate FILES --out DIR`: the main job, from documents to a proved delivery. */
import { existsSync } from 'node:fs';
import { copyFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StudioError, toStudioError } from '../../contract/errors.ts';
import type { BilingualKind, Receipt } from '../../contract/shapes/delivery.ts';
import type { FileFailure, Project } from '../../contract/shapes/project.ts';
import { bilingualFormats } from '../../core/bilingual/registry.ts';
import { makeFolder } from '../../core/files/make-folder.ts';
import { openOutputFolder } from '../../core/files/output-folder.ts';
import type { Studio } from '../../core/studio.ts';
import type { CommandContext } from '../context.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { describeSeconds } from '../terminal/terminal.ts';
import { tellFailures } from './left-out.ts';
import { filesOfOtherShards, parseShard, type Shard } from './shard.ts';
import { languageOfFiles } from './source-language.ts';
import type { TranslateOptions } from './translate-options.ts';
import { translationChoices, type TranslationChoices } from './translation-choices.ts';
import { tellUnusableTerms } from './unusable-terms.ts';
import { tellUpdated } from './updated-files.ts';
import { watchInputs } from './watch-inputs.ts';
import { counted } from '../terminal/counted.ts';

/**
 * The work is kept in a project file, so that a run that was cut off goes on where it stood, a second run does what is new,
 * and the translator can open the project in the window. Exit code 1 when any file failed on its way in or out.
 */
export async function translateFiles(context: CommandContext, inputs: readonly string[], options: TranslateOptions): Promise<ExitCode> {
  const { terminal, signal } = context;
  if (options.out === undefined) throw new StudioError('INVALID_INPUT', 'Say where the translations go.', { advice: 'Add --out DIR.' });
  const outDir = resolve(options.out);
  const paths = inputs.map((input) => resolve(input));
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) throw new StudioError('FILE_MISSING', `${missing} does not exist.`, { advice: 'Check the path.', data: { path: missing } });
  const bilingual = bilingualKinds(options.bilingual);
  const noTermbase = options.terms?.find((file) => !existsSync(file));
  if (noTermbase !== undefined) throw new StudioError('FILE_MISSING', `${noTermbase} does not exist.`, { advice: 'Check the path after --terms.', data: { path: noTermbase } });
  const shard = options.shard === undefined ? null : parseShard(options.shard);
  const choices = translationChoices(options);
  await openOutputFolder(outDir, []);
  if (options.report !== undefined) makeFolder(dirname(resolve(options.report)));
  await refuseSourceFolder(paths, outDir);
  const once = () => deliverOnce(context, { paths, outDir, bilingual, shard, choices, options });
  if (!options.watch) return once();
  // Begun before the first delivery: what is saved meanwhile counts.
  const watch = await watchInputs(paths, [outDir, ...(options.report === undefined ? [] : [resolve(options.report)])], signal);
  try {
    let code = await once();
    if (signal.aborted) return code;
    terminal.note(`Watching ${paths.join(', ')}; Ctrl-C ends.`);
    for await (const _change of watch.changes()) {
      // What a change brought is told like any other failure, and does not end the watch.
      code = await once().catch((error: unknown) => { terminal.error(toStudioError(error)); return EXIT.someFailed; });
    }
    return code === EXIT.cancelled ? EXIT.done : code;
  } finally {
    watch.close();
  }
}

interface Delivery {
  readonly paths: readonly string[];
  readonly outDir: string;
  readonly bilingual: readonly BilingualKind[];
  readonly shard: Shard | null;
  readonly choices: TranslationChoices;
  readonly options: TranslateOptions;
}

async function deliverOnce(context: CommandContext, { paths, outDir, bilingual, shard, choices, options }: Delivery): Promise<ExitCode> {
  const { terminal, signal } = context;
  const started = performance.now();
  const studio = await context.studio();
  const job = { signal, report: terminal.progress };
  const { project, failures: refused, created } = await openOrCreate(studio, context, { options, outDir, paths, shard });
  /** A project that this run made and that holds no work must not decide the languages of the next run. */
  const discard = async (): Promise<void> => {
    if (!created) return;
    await studio.handlers['project.close']({ projectId: project.id });
    await rm(project.path, { force: true });
  };
  const failures = tellFailures(terminal, refused, paths);
  if (project.files.length === 0) {
    await discard();
    const nothing = new StudioError('INVALID_INPUT', 'There is no document to translate in what was given.', { advice: 'Name files or folders with documents; `bitext formats` lists what is read.' });
    if (failures.length === 0) throw nothing;
    terminal.error(nothing);
    return EXIT.someFailed;
  }

  const run = await studio.handlers['translate.run']({ projectId: project.id, scope: 'not-started', ...choices, ...(options.model === undefined ? {} : { model: options.model }), ...(options.terms === undefined ? {} : { terms: options.terms.map((file) => resolve(file)) }) }, job).catch(async (error: unknown) => {
    if (toStudioError(error).code === 'PAIR_WITHOUT_MODEL') await discard();
    throw error;
  });
  tellUnusableTerms(terminal, run.unusableTerms);
  if (run.outcome === 'cancelled') {
    terminal.warn('Cancelled. What is translated is kept: the same command goes on from here.');
    return EXIT.cancelled;
  }
  const { receipt, receiptHtml, receiptJson } = await studio.handlers['export.run']({ projectId: project.id, outDir, bilingual: [...bilingual] }, job);
  for (const failure of receipt.failures) terminal.failure(failure);
  if (options.report !== undefined) {
    const report = resolve(options.report);
    // The error would name the receipt.
    await copyFile(receiptJson, report).catch((error: unknown) => { throw error instanceof Error ? Object.assign(error, { path: report }) : error; });
  }
  const unproved = receipt.files.filter(({ ok }) => !ok);
  for (const file of unproved) terminal.failure({ path: join(outDir, file.target), code: 'DELIVERY_FAILED', message: file.findings.find(({ severity }) => severity === 'error')?.message ?? 'The delivered file differs from the project.', advice: `See ${receiptHtml}.` });
  summarize(context, { project, run, receipt, failures, seconds: (performance.now() - started) / 1000 });
  terminal.note(`Files in ${outDir}\nReceipt ${receiptHtml}`);
  return failures.length + receipt.failures.length + unproved.length > 0 ? EXIT.someFailed : EXIT.done;
}

async function openOrCreate(studio: Studio, context: CommandContext, { options, outDir, paths, shard }: Pick<Delivery, 'options' | 'outDir' | 'paths' | 'shard'>): Promise<{ project: Project; failures: readonly FileFailure[]; created: boolean }> {
  const { signal, terminal } = context;
  const path = resolve(options.project ?? join(outDir, 'project.bitext'));
  const job = { signal, report: terminal.progress };
  const own = paths.includes(outDir) ? [] : [outDir];
  const inputs = [...paths], exclude = shard === null ? own : [...own, ...await filesOfOtherShards(paths, own, shard)];
  if (existsSync(path) && options.force) await setAside(path);
  if (!existsSync(path)) {
    const from = options.from === 'auto' ? await languageOfFiles(context, inputs, { to: options.to, exclude }) : options.from;
    const made = await studio.handlers['project.create']({ path, name: basename(dirname(path)) || 'project', from, to: options.to, inputs, exclude }, job);
    return { ...made, created: true };
  }
  const project = await studio.handlers['project.open']({ path });
  if ((options.from !== 'auto' && project.from !== options.from) || project.to !== options.to)
    throw new StudioError('CONFLICT', `${path} translates ${project.from} to ${project.to}, not ${options.from} to ${options.to}.`, { advice: 'Choose another --out folder, or another --project file.' });
  if (project.unfinishedJob) terminal.note(`Going on after ${project.unfinishedJob.done.toLocaleString('en')} of ${counted(project.unfinishedJob.total, 'segment')}.`);
  const added = await studio.handlers['project.addFiles']({ projectId: project.id, inputs, exclude, changed: 'update' }, job);
  tellUpdated(terminal, added.updated);
  return { ...added, created: false };
}

/** Translations mirror the names of their sources: into the folder of the sources they can't go. Better told before the work than after. */
async function refuseSourceFolder(paths: readonly string[], outDir: string): Promise<void> {
  const out = await realpath(outDir);
  for (const path of paths) {
    const real = await realpath(path), folder = (await stat(real)).isDirectory() ? real : dirname(real);
    if (folder === out) throw new StudioError('INVALID_INPUT', `${outDir} is the folder of the source documents; a translation never overwrites one.`, { advice: `Choose another output folder, for example --out ${join(outDir, 'translated')}.`, data: { path: outDir } });
  }
}

/** Keeps an old project under a name of its own: `--force` starts over and destroys nothing. */
async function setAside(path: string): Promise<void> {
  let n = 1;
  while (existsSync(`${path}.old-${n}`)) n++;
  await rename(path, `${path}.old-${n}`);
}

/** Kinds named in a comma-separated list. Throws INVALID_INPUT with those that exist. */
export function bilingualKinds(list: string | undefined): BilingualKind[] {
  return (list ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '').map((name) => {
    const format = bilingualFormats.find(({ kind }) => kind === name);
    if (!format) throw new StudioError('INVALID_INPUT', `There are no bilingual files of the kind ${name}.`, { advice: `Use ${bilingualFormats.map(({ kind }) => kind).join(', ')}.` });
    return format.kind;
  });
}

interface Summary {
  readonly project: Project;
  readonly run: { readonly segments: number; readonly fromMemory: number; readonly repeated: number; readonly words: number; readonly seconds: number; readonly flagged: number; readonly model: string | null };
  readonly receipt: Receipt;
  readonly failures: readonly FileFailure[];
  readonly seconds: number;
}

function summarize({ terminal }: CommandContext, { project, run, receipt, failures, seconds }: Summary): void {
  const documents = receipt.files.filter(({ kind }) => kind === 'document');
  const unproved = receipt.files.filter(({ ok }) => !ok).length;
  const findings = receipt.files.reduce((sum, file) => sum + file.findings.length, 0);
  terminal.event('summary', { files: documents.length, segments: project.segments, words: project.words, translated: run.segments, fromMemory: run.fromMemory, repeated: run.repeated, flagged: run.flagged, model: run.model, seconds, failures: failures.length + receipt.failures.length, ok: receipt.ok });
  terminal.note([
    `${counted(documents.length, 'document')}, ${counted(receipt.files.length - documents.length, 'bilingual file')}, ${counted(project.segments, 'segment')}, ${counted(project.words, 'word')}, in ${describeSeconds(seconds)}`,
    ...(run.fromMemory === 0 ? [] : [`From memory: ${counted(run.fromMemory, 'segment')}`]),
    `Machine translation: ${counted(run.segments, 'segment')}${run.seconds > 0 ? `, ${Math.round(run.words / run.seconds).toLocaleString('en')} words/s` : ''}, ${run.repeated.toLocaleString('en')} repeated, ${run.flagged.toLocaleString('en')} to look at${run.model === null ? '' : ` (${run.model})`}`,
    `Proof: ${receipt.files.length === 0 ? 'nothing was delivered' : unproved === 0 ? receipt.files.length === 1 ? 'the file was opened again and is complete' : `all ${counted(receipt.files.length, 'file')} were opened again and are complete` : `${unproved.toLocaleString('en')} OF ${counted(receipt.files.length, 'FILE', 'FILES')} NOT COMPLETE`}; ${counted(findings, 'finding')}, ${counted(failures.length + receipt.failures.length, 'file')} failed`,
  ].join('\n'));
}
