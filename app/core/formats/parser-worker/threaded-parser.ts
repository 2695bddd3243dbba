/**
 * Documents parsed in a thread of their own, so that one which is huge or made to harm holds up nothing but itself: the
 * thread has limits of time and memory, and is ended where they are passed or nobody waits any more. One thread, started at
 * the first document and kept for the next ones: a start costs as much as some hundred small files.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fromEnvelope, StudioError } from '../../../contract/errors.ts';
import type { DocumentParser, ParseRequest, ReadContents } from './parse-document.ts';
import type { FromParser } from './parser-messages.ts';

export interface ParserLimits {
  /** For one document, the start of the thread aside; 30 s when absent. */
  readonly milliseconds?: number;
  /** Of the thread's heap, which holds texts and what is made of them, not the file's bytes; 2,048 when absent. */
  readonly mebibytes?: number;
}

/** Beside this file in the sources; in a build this code may lie in a folder of shared chunks below the entries. */
function threadFile(): string {
  const here = import.meta.dirname;
  return [join(here, 'parser-thread.ts'), join(here, 'parser-thread.js')].find((file) => existsSync(file)) ?? join(here, '..', 'parser-thread.js');
}

export function createThreadedParser({ milliseconds = 30_000, mebibytes = 2_048 }: ParserLimits = {}): DocumentParser {
  let thread: Worker | null = null, closed = false;
  let before: Promise<unknown> = Promise.resolve();
  const ready = new WeakSet<Worker>();

  const start = (): Worker => {
    // Output of its own, of which there is none: else its start would open this process's, and turn a pipe there non-blocking.
    const worker = new Worker(threadFile(), { execArgv: [], env: {}, stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: mebibytes }, name: 'bitext-parser' });
    // A thread that waits keeps no process alive.
    worker.unref();
    worker.on('error', () => { if (thread === worker) thread = null; });
    worker.on('exit', () => { if (thread === worker) thread = null; });
    return worker;
  };
  const end = (worker: Worker): void => {
    if (thread === worker) thread = null;
    void worker.terminate();
  };

  const parseNow = (request: ParseRequest, signal: AbortSignal): Promise<ReadContents> => {
    signal.throwIfAborted();
    if (closed) throw studioClosed();
    const worker = (thread ??= start());
    return new Promise<ReadContents>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const settle = (how: () => void): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit).unref();
        signal.removeEventListener('abort', onAbort);
        how();
      };
      const startClock = (): void => {
        timer = setTimeout(() => {
          end(worker);
          settle(() => { reject(tooSlow(request, milliseconds)); });
        }, milliseconds);
      };
      const onMessage = (message: FromParser): void => {
        if (message.kind === 'ready') {
          ready.add(worker);
          startClock();
        } else if (message.kind === 'read') settle(() => { resolve(message.contents); });
        else settle(() => { reject(fromEnvelope(message.error)); });
      };
      const onError = (error: unknown): void => {
        end(worker);
        const outOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
        settle(() => { reject(outOfMemory ? tooLarge(request, mebibytes) : ended(request, error)); });
      };
      const onExit = (code: number): void => { settle(() => { reject(closed ? studioClosed() : ended(request, `exit code ${code}`)); }); };
      const onAbort = (): void => {
        end(worker);
        settle(() => { reject(reasonOf(signal)); });
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.ref();
      signal.addEventListener('abort', onAbort);
      if (ready.has(worker)) startClock();
      // A copy of exactly these bytes goes over: a small Buffer is a view into a pool that others share.
      worker.postMessage({ ...request, bytes: new Uint8Array(request.bytes) });
    });
  };

  return {
    parse(request, { signal }) {
      const turn = before.then(() => parseNow(request, signal));
      before = turn.catch(() => undefined);
      return turn;
    },
    close() {
      closed = true;
      if (thread) end(thread);
    },
  };
}

const reasonOf = (signal: AbortSignal): Error => (signal.reason instanceof Error ? signal.reason : new StudioError('CANCELLED', 'Cancelled.'));

const studioClosed = (): StudioError => new StudioError('CANCELLED', 'The studio was closed.');

const tooSlow = ({ fileName }: ParseRequest, milliseconds: number): StudioError =>
  new StudioError('FORMAT_LIMIT', `${basename(fileName)} could not be read in ${Math.round(milliseconds / 1000)} seconds.`, {
    advice: 'It may be made to harm. If you trust it, split it into smaller files, or save it anew in the program that made it.', data: { file: fileName, milliseconds },
  });

const tooLarge = ({ fileName }: ParseRequest, mebibytes: number): StudioError =>
  new StudioError('FORMAT_LIMIT', `${basename(fileName)} needs more than ${mebibytes.toLocaleString('en')} MiB of memory to be read.`, {
    advice: 'Split it into smaller files, or save it anew in the program that made it.', data: { file: fileName, mebibytes },
  });

const ended = ({ fileName }: ParseRequest, cause: unknown): StudioError =>
  new StudioError('INTERNAL', `Reading ${basename(fileName)} ended before it was done (${cause instanceof Error ? cause.message : String(cause)}).`, { advice: 'Please report this; the other files are read all the same.', data: { file: fileName }, cause });
