/** The two streams of a command: results on stdout, everything else on stderr, as one of people's or one of programs'. */
import { styleText } from 'node:util';
import { type StudioError, toStudioError } from '../../contract/errors.ts';
import type { FileFailure, Progress } from '../../contract/shapes/project.ts';
import { EXIT } from './exit-codes.ts';
import { howTo } from './how-to.ts';

export interface TerminalOptions {
  /** No progress, no summary; errors and results only. */
  readonly quiet: boolean;
  /** One JSON object a line on stderr instead of text. */
  readonly json: boolean;
}

export interface Terminal {
  /** A line of result, on stdout. */
  result(line: string): void;
  /** Raw result, on stdout; resolves when the stream takes more. */
  write(bytes: string | Uint8Array): Promise<void>;
  note(line: string): void;
  warn(line: string): void;
  progress(progress: Progress): void;
  failure(failure: FileFailure): void;
  error(error: StudioError): void;
  /** Any other event for programs; nothing for people. */
  event(name: string, value: unknown): void;
}

/**
 * Ends the program when nobody takes its results: with 0 where the reader has had enough (`| head`), else with what
 * happened. Nobody needs to take what it says beside them. To be called before anything is written, help included.
 */
export function endWithReader(out: NodeJS.WriteStream = process.stdout, err: NodeJS.WriteStream = process.stderr): void {
  err.on('error', () => undefined);
  out.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    const { message, advice } = toStudioError(Object.assign(error, { path: 'the results' }));
    err.write(`bitext: ${message}${advice ? `\n        ${advice}` : ''}\n`, () => { process.exit(EXIT.internal); });
  });
}

/** Milliseconds between two drawings of the progress line. */
const REDRAW = 100;
const PHASES: Readonly<Record<Progress['phase'], string>> = { read: 'Reading', 'load-model': 'Loading the model', translate: 'Translating', write: 'Writing', verify: 'Verifying', download: 'Downloading', summarize: 'Summarizing', ask: 'Looking for the answer', measure: 'Measuring', learn: 'Learning', quantize: 'Rounding to 8 bit' };
type Style = Parameters<typeof styleText>[0];

/** `NO_COLOR` and streams that are no terminal give plain text. */
export function openTerminal({ quiet, json }: TerminalOptions, out: NodeJS.WriteStream = process.stdout, err: NodeJS.WriteStream = process.stderr): Terminal {
  let drawn = false, lastDraw = 0;
  const told = new Set<Progress['phase']>();
  const styled = (style: Style, text: string): string => styleText(style, text, { stream: err });
  const line = (text: string): void => {
    if (drawn) err.write('\r\u001b[K');
    drawn = false;
    err.write(`${text}\n`);
  };
  const event = (name: string, value: unknown): void => { if (json) err.write(`${JSON.stringify({ event: name, ...(typeof value === 'object' ? value : { value }) })}\n`); };
  return {
    event,
    result: (text) => { out.write(`${text}\n`); },
    write: (bytes) => new Promise((resolve, reject) => { out.write(bytes, (error) => { if (error) reject(error); else resolve(); }); }),
    note: (text) => { if (!quiet && !json) line(text); },
    warn: (text) => { if (json) event('warning', { message: text }); else line(styled('yellow', text)); },
    progress: (progress) => {
      if (quiet) return;
      if (json) { event('progress', progress); return; }
      const now = performance.now();
      if (!err.isTTY) {
        // Writing and verifying take turns, file by file: in a log once is enough.
        if (!told.has(progress.phase)) line(`${PHASES[progress.phase]} ...`);
        told.add(progress.phase);
        return;
      }
      if (drawn && now - lastDraw < REDRAW && progress.done !== progress.total) return;
      lastDraw = now;
      drawn = true;
      err.write(`\r\u001b[K${fit(describeProgress(progress), err.columns)}`);
    },
    failure: (failure) => {
      const how = howTo(failure.code);
      if (json) event('failure', { ...failure, ...(how === null ? {} : { how }) });
      else line([`${styled('red', 'failed')} ${failure.path}: ${failure.message}`, failure.advice, how ?? ''].filter((part) => part !== '').join(' '));
    },
    error: (error) => {
      const { code, message, advice, data } = error, how = howTo(code);
      if (json) event('error', { code, message, advice, data, ...(how === null ? {} : { how }) });
      else line([`${styled('red', 'bitext:')} ${message}`, advice, how ?? ''].filter((part) => part !== '').join('\n        '));
    },
  };
}

/** `Translating 120 of 1,000 · 3,400 words/s · 12 s left · annex.docx` */
function describeProgress(progress: Progress): string {
  const number = progress.phase === 'download' ? describeBytes : (value: number): string => value.toLocaleString('en');
  const count = progress.total === undefined ? number(progress.done) : `${number(progress.done)} of ${number(progress.total)}`;
  return [
    `${PHASES[progress.phase]} ${count}`,
    ...(progress.wordsPerSecond === undefined ? [] : [`${Math.round(progress.wordsPerSecond).toLocaleString('en')} words/s`]),
    ...(progress.bytesPerSecond === undefined ? [] : [`${describeBytes(progress.bytesPerSecond)}/s`]),
    ...(progress.loss === undefined ? [] : [`loss ${progress.loss.toFixed(3)}`]),
    ...(progress.tokensPerSecond === undefined ? [] : [`${Math.round(progress.tokensPerSecond).toLocaleString('en')} tokens/s`]),
    ...(progress.secondsLeft === undefined ? [] : [`${describeSeconds(progress.secondsLeft)} left`]),
    ...(progress.item === undefined ? [] : [progress.item]),
  ].join(' · ');
}

/** `640 kB`, `17.1 MB` */
export const describeBytes = (bytes: number): string => (bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** `45 s`, `3 min 20 s`, `2 h 5 min` */
export function describeSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const fit = (text: string, columns: number): string => (text.length < columns ? text : `${text.slice(0, Math.max(1, columns - 2))}…`);
