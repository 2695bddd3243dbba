/** `bitext evaluate`: hypotheses on stdin, one a line, scored against references. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { BLEU_SMOOTHINGS, type BleuOptions, corpusBleu } from '../../../native-models/evaluation/bleu.ts';
import { BLEU_TOKENIZERS } from '../../../native-models/evaluation/bleu-tokenizers.ts';
import { corpusChrf } from '../../../native-models/evaluation/chrf.ts';
import { formatScore } from '../../../native-models/evaluation/signature.ts';
import { corpusTer } from '../../../native-models/evaluation/ter.ts';
import { StudioError } from '../../contract/errors.ts';
import { readNamed } from '../../core/files/read-named.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';

interface Options extends SharedOptions {
  readonly ref: readonly string[];
  readonly tokenize: string;
  readonly smooth: string;
  readonly lowercase?: boolean;
  readonly effectiveOrder?: boolean;
}

/** `NAME|SIGNATURE = SCORE DETAILS` a line, as sacreBLEU prints them; with `--json` an object a line. */
export const evaluate: Action<Options> = async ({ terminal, json, signal }, _args, options) => {
  const bleuOptions: BleuOptions = {
    tokenizer: oneOf(BLEU_TOKENIZERS, options.tokenize, '--tokenize'),
    smoothing: oneOf(BLEU_SMOOTHINGS, options.smooth, '--smooth'),
    lowercase: options.lowercase ?? false,
    effectiveOrder: options.effectiveOrder ?? false,
  };
  const references = await Promise.all(options.ref.map(readLines));
  const hypotheses = linesOf(await readAll(process.stdin));
  if (hypotheses.length === 0) throw new StudioError('INVALID_INPUT', 'There are no hypotheses on stdin.', { advice: 'Give one translation a line: bitext evaluate --ref REFERENCES < TRANSLATIONS.' });
  const lowercase = options.lowercase ?? false;
  const report = (name: string, score: { readonly score: number; readonly signature: string }, details: Readonly<Record<string, unknown>> = {}, verbose = ''): void => {
    signal.throwIfAborted();
    terminal.result(json ? JSON.stringify({ name, score: Number(formatScore(score.score)), signature: score.signature, ...details }) : `${name}|${score.signature} = ${formatScore(score.score)}${verbose}`);
  };
  try {
    const bleu = corpusBleu(hypotheses, references, bleuOptions);
    const { precisions, brevityPenalty, hypothesisLength, referenceLength } = bleu;
    report('BLEU', bleu, { precisions, brevityPenalty, hypothesisLength, referenceLength },
      ` ${precisions.map((precision) => precision.toFixed(1)).join('/')} (BP = ${brevityPenalty.toFixed(3)} ratio = ${(referenceLength > 0 ? hypothesisLength / referenceLength : 0).toFixed(3)} hyp_len = ${hypothesisLength} ref_len = ${referenceLength})`);
    for (const wordOrder of [0, 2]) {
      const chrf = corpusChrf(hypotheses, references, { wordOrder, lowercase });
      report(chrf.name, chrf);
    }
    // TER is counted in lower case unless it is told otherwise, as sacreBLEU does.
    const ter = corpusTer(hypotheses, references);
    report('TER', ter, { edits: ter.edits, referenceLength: ter.referenceLength });
  } catch (error) {
    throw fromEngine(error);
  }
  return EXIT.done;
};

async function readLines(file: string): Promise<string[]> {
  const path = resolve(file);
  if (!existsSync(path)) throw new StudioError('FILE_MISSING', `${path} does not exist.`, { advice: 'Check the path after --ref.', data: { path } });
  return linesOf((await readNamed(path)).toString('utf8'));
}

/** A line ends with LF, the CR before it belongs to its end; nothing after the last one is no line. */
function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function oneOf<Name extends string>(names: readonly Name[], given: string, option: string): Name {
  const name = names.find((known) => known === given);
  if (name === undefined) throw new StudioError('INVALID_INPUT', `${option} can't be ${given}.`, { advice: `Use one of ${names.join(', ')}.` });
  return name;
}
