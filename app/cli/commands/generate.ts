/** `bitext generate`: the engine itself, one JSON object a line in, one a line out, in the same order. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { StudioError, toStudioError } from '../../contract/errors.ts';
import { openGenerator, type Generator } from '../../../native-models/decoding/open-generator.ts';
import { generationRequest, type GenerationRequest } from '../../../native-models/decoding/generation-request.ts';
import type { Action } from '../command.ts';
import type { CommandContext, SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { defaultCache, modelFolders } from '../workspace.ts';

interface Options extends SharedOptions {
  readonly model: string;
  readonly weights?: boolean;
  readonly onnx?: boolean;
  readonly debug?: boolean;
}

const PRECISIONS = ['float32', 'int8', 'float16'] as const;
/** Files that a folder with weights has one of. */
const WEIGHTS = ['model.safetensors', 'model.safetensors.index.json', 'decoder.yml'];

/** A line that fails gives a line with `error` and the exit code 1; the others go on. */
export const generate: Action<Options> = async (context, _args, options) => {
  const folder = folderOf(options.model, context.workspace);
  const threads = Number(options.threads ?? 1);
  if (!Number.isInteger(threads) || threads < 1) throw new StudioError('INVALID_INPUT', `--threads takes a whole number from 1, not ${options.threads ?? ''}.`);
  if (options.weights === true && options.onnx === true) throw new StudioError('INVALID_INPUT', 'A model is built from --weights or taken from --onnx, not both.', { advice: 'Leave one of them out.' });
  const fromOnnx = options.onnx ?? (options.weights !== true && !WEIGHTS.some((name) => existsSync(path.join(folder, name))));
  // What others' implementations say in float32 is what this command is compared with.
  const precision = PRECISIONS.find((known) => known === (options.precision ?? 'float32'));
  if (precision === undefined) throw new StudioError('INVALID_INPUT', `There is no precision ${options.precision ?? ''}.`, { advice: `Use ${PRECISIONS.join(', ')}.` });
  const cacheDir = path.join(defaultCache(), 'graphs');
  const notice = (text: string): void => { context.terminal.warn(text); };
  const generator = await openGenerator(folder, { from: fromOnnx ? 'onnx' : 'weights', precision, threads, device: context.device, cacheDir, notice });
  let failed = 0;
  try {
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity, signal: context.signal })) {
      if (line.trim() === '') continue;
      context.signal.throwIfAborted();
      const answer = await answerTo(line, generator, context, options.debug ?? false);
      if ('error' in answer) failed++;
      await context.terminal.write(`${JSON.stringify(answer)}\n`);
    }
    context.signal.throwIfAborted();
  } finally {
    await generator.close();
  }
  return failed > 0 ? EXIT.someFailed : EXIT.done;
};

async function answerTo(line: string, generator: Generator, { terminal, signal }: CommandContext, debug: boolean): Promise<object> {
  try {
    const request: GenerationRequest = generationRequest(parsed(line));
    const generated = await generator.generate(request, signal);
    const { ids, cut, output } = generated;
    if (cut > 0) terminal.warn(`A text has ${cut} tokens more than ${generator.name} can read; the end of it was left out. Split it into sentences.`);
    return { ids, output, ...(debug ? await generator.details(request, generated) : {}) };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message, advice } = toStudioError(error);
    if (code === 'INTERNAL') throw error;
    terminal.warn(`${message} ${advice}`);
    return { error: { code, message, advice } };
  }
}

function parsed(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return value;
  } catch (cause) {
    throw new StudioError('INVALID_INPUT', `A line is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`, { advice: 'Write one JSON object a line.', cause });
  }
}

/** A folder as it is given, or one of that name among the models. */
function folderOf(model: string, workspace: string): string {
  const places = [path.resolve(model), ...modelFolders(workspace).map((folder) => path.join(folder, model))];
  const found = places.find((place) => existsSync(path.join(place, 'config.json'))) ?? places.find((place) => existsSync(place));
  if (found === undefined) throw new StudioError('MODEL_MISSING', `There is no model ${model}.`, { advice: 'Give --model a folder with config.json, or the name of a model in the models folder.' });
  return found;
}
