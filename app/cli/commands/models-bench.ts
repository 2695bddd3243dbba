import { readFileSync } from 'node:fs';
import { StudioError } from '../../contract/errors.ts';
import { sourceLanguages, targetLanguages, translates } from '../../../native-models/catalog/model-pairs.ts';
import { fixedPairs, fixedSentences } from '../../../native-models/devices/fixed-sentences.ts';
import type { Engine, ModelDescription, TranslateSummary } from '../../../native-models/engine/engine.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { describeBytes } from '../terminal/terminal.ts';
import { installedModel } from './installed-model.ts';

interface Options extends SharedOptions {
  readonly text?: string;
  readonly from?: string;
  readonly to?: string;
  readonly seconds?: string;
}

/** Single segments are timed so many times. */
const SINGLE_RUNS = 24;

/**
 * `bitext models bench`: a model in a fresh engine of its own process, as translating uses it. Loading is what the first
 * segment takes more than the next ones; compiling, where it was not done before, is part of it.
 */
export const modelsBench: Action<Options> = async (context, [id = ''], options) => {
  const { terminal, json, signal } = context;
  const model = await installedModel(context, id);
  const pair = pairOf(model, options);
  const duration = Number(options.seconds ?? 5);
  if (!(duration >= 0 && duration <= 3600)) throw new StudioError('INVALID_INPUT', `--seconds takes a number up to 3600, not ${options.seconds ?? ''}.`);
  const texts = options.text === undefined ? fixedPairs(pair.from) : linesOf(options.text);
  const singles = options.text === undefined ? fixedSentences(pair.from) : texts;
  const engine = await context.engine();
  const run = (some: readonly string[], priority: 'interactive' | 'batch'): Promise<TranslateSummary> => translateAll(engine, { ...pair, model: model.id, texts: some, priority }, signal);
  const timed = async (text: string): Promise<number> => {
    const since = performance.now();
    await run([text], 'interactive');
    return performance.now() - since;
  };
  const first = await timed(singles[0] ?? '');
  const single: number[] = [];
  for (let i = 0; i < SINGLE_RUNS; i++) single.push(await timed(singles[i % singles.length] ?? ''));
  const median = single.sort((a, b) => a - b)[Math.floor(single.length / 2)] ?? 0;
  let words = 0, seconds = 0;
  let last = await run(texts, 'batch');
  for (const since = performance.now(); performance.now() - since < duration * 1000 || seconds === 0;) {
    last = await run(texts, 'batch');
    words += last.words;
    seconds += last.seconds;
  }
  const { residentBytes, threads } = await engine.state();
  const result = {
    model: model.id, ...pair, device: last.device, precision: last.precision, threads,
    wordsPerSecond: Math.round(words / seconds), millisecondsPerSegment: rounded(median), loadMilliseconds: Math.round(Math.max(0, first - median)), residentBytes,
  };
  if (json) terminal.result(JSON.stringify(result));
  else {
    terminal.result(`${result.model}  ${result.from} to ${result.to}, ${result.precision} on ${result.device}, ${result.threads} threads`);
    terminal.result(`  many segments  ${result.wordsPerSecond.toLocaleString('en')} words/s`);
    terminal.result(`  one segment    ${result.millisecondsPerSegment.toLocaleString('en')} ms (median of ${SINGLE_RUNS})`);
    terminal.result(`  loading        ${result.loadMilliseconds.toLocaleString('en')} ms`);
    terminal.result(`  memory         ${residentBytes === null ? 'unknown' : describeBytes(residentBytes)}`);
  }
  return EXIT.done;
};

const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;

/** The languages that were named, else English or the first that the model knows. */
function pairOf(model: ModelDescription, { from, to }: Options): { from: string; to: string } {
  if (!translates(model)) throw new StudioError('INVALID_INPUT', `${model.id} does not translate.`, { advice: 'Name a model that does; `bitext models list` shows them.' });
  const sources = sourceLanguages(model);
  const source = from ?? (sources.includes('en') ? 'en' : (sources[0] ?? model.from));
  return { from: source, to: to ?? targetLanguages(model).find((tag) => tag !== source) ?? model.to };
}

function linesOf(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StudioError('FILE_MISSING', `${file} can't be read.`, { advice: 'Name a text file with one sentence a line.', cause });
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new StudioError('INVALID_INPUT', `${file} holds no sentences.`, { advice: 'Name a text file with one sentence a line.' });
  return lines;
}

async function translateAll(engine: Engine, request: { from: string; to: string; model: string; texts: readonly string[]; priority: 'interactive' | 'batch' }, signal: AbortSignal): Promise<TranslateSummary> {
  try {
    return await engine.translate({ ...request, alignment: false }, { signal, onBatch: () => undefined });
  } catch (error) {
    signal.throwIfAborted();
    throw fromEngine(error);
  }
}
