/** One shape for all commands: options in, exit code out. */
import { Command } from 'commander';
import { StudioError, toStudioError } from '../contract/errors.ts';
import { createContext, type CommandContext, type SharedOptions } from './context.ts';
import { EXIT, exitCodeOf, type ExitCode } from './terminal/exit-codes.ts';
import { openTerminal } from './terminal/terminal.ts';
import { writeFailureReport } from './terminal/failure-report.ts';

export type Action<Options> = (context: CommandContext, args: readonly string[], options: Options) => Promise<ExitCode>;

/** Options of every command that shows progress or may be driven by a program. */
export const withOutputOptions = (command: Command): Command => command
  .option('--json', 'progress and errors as one JSON object a line; results as JSON where they have a structure')
  .option('--quiet', 'no progress and no summary');

/** ... and of those that work with models and projects. */
export const withEngineOptions = (command: Command): Command => withOutputOptions(command)
  .option('--workspace <dir>', "the studio's data folder (default: BITEXT_HOME, else the platform's)")
  .option('--threads <n>', 'threads that translate (default: one a core, at most 8)')
  .option('--device <device>', 'auto, cpu, webgpu, directml, coreml or cuda', 'auto')
  .option('--precision <precision>', 'int8, float32 or float16 (default: int8 on the cpu, the best that agrees elsewhere)');

/** Throws INVALID_INPUT for an empty text, which as a path would mean the folder where the user stands: what becomes of a variable of the shell that is not set. */
function requireTexts(command: Command): void {
  const advice = 'Give it a value, or leave it out. A variable of the shell that is not set is the usual cause.';
  if (command.args.includes('')) throw new StudioError('INVALID_INPUT', 'An argument is an empty text.', { advice });
  const given: Readonly<Record<string, unknown>> = command.opts();
  for (const option of command.options) {
    const value = given[option.attributeName()];
    if (value === '' || (Array.isArray(value) && value.includes(''))) throw new StudioError('INVALID_INPUT', `${option.long ?? option.flags} is given an empty text.`, { advice });
  }
}

/** Throws INVALID_INPUT for a language option that is no BCP 47 tag: a slip that would else look like a missing model. */
function requireLanguages(options: Readonly<Record<string, unknown>>): void {
  for (const name of ['from', 'to', 'lang']) {
    const given = options[name];
    if (typeof given !== 'string' || (name === 'from' && given === 'auto') || isLanguageTag(given)) continue;
    throw new StudioError('INVALID_INPUT', `--${name} does not take ${given}.`, { advice: 'Give a language by its code: en, pt, pt-BR, zh-Hant.' });
  }
}

function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

/** Loads and runs an action with its context, and turns what it throws into a message, advice and an exit code. */
export function run<Options extends SharedOptions>(load: () => Promise<Action<Options>>): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    // Commander hands over the arguments, then the options, then the command itself.
    const command = given.at(-1);
    if (!(command instanceof Command)) throw new TypeError('An action is called by the command line parser.');
    const options = command.opts<Options>();
    const stop = new AbortController();
    let interrupts = 0;
    const onInterrupt = (): void => {
      if (++interrupts > 1) process.exit(EXIT.cancelled);
      const cancelled = new DOMException('Cancelled.', 'AbortError');
      stop.abort(cancelled);
      // Who waits for more lines waits no longer.
      process.stdin.on('error', () => undefined).destroy(cancelled);
    };
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onInterrupt);
    let context: CommandContext | undefined;
    let code: ExitCode;
    try {
      requireTexts(command);
      requireLanguages(command.opts());
      context = createContext(options, stop.signal);
      const action = await load();
      code = await action(context, command.args, options);
    } catch (error) {
      const known = toStudioError(error);
      const terminal = context?.terminal ?? openTerminal({ quiet: false, json: options.json ?? false });
      terminal.error(known);
      if (known.code === 'INTERNAL') terminal.note(`        A report for the developers is in ${writeFailureReport(error)}`);
      code = exitCodeOf(known.code);
    }
    await context?.close().catch(() => undefined);
    process.exitCode = code;
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  };
}
