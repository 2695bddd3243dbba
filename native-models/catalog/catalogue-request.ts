/** Requests to the catalogue's server: what went wrong said in words, and whether trying again may help. */
import { EngineError } from '../engine/engine-error.ts';

/** A failure that passes: the connection, or a server that is not ready. `afterSeconds`: when the server asked to come again. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
  readonly afterSeconds: number;
  constructor(message: string, options: { readonly afterSeconds?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.afterSeconds = options.afterSeconds ?? 0;
  }
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  /** Seconds without an answer or without a further byte after which a connection counts as dead. */
  readonly stallSeconds: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it comes, undecoded; ends early without an error where the connection does. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Gives the connection up. */
  discard(): Promise<void>;
}

const AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * GETs `address`, redirects followed, but never from https to http. Throws PassingFailure, EngineError MODEL_MISSING for an
 * answer that will not change, or the signal's reason.
 */
export async function request(address: URL, { headers = {}, signal, stallSeconds }: RequestOptions): Promise<Answer> {
  const connection = new AbortController();
  const stop = (): void => connection.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(() => connection.abort(new Error(`nothing came for ${stallSeconds} s`)), stallSeconds * 1000);
  const end = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  };
  const failure = (cause: unknown): unknown => {
    end();
    if (signal?.aborted) return signal.reason;
    return new PassingFailure(`${address.host} can't be reached: ${reasonOf(connection.signal.aborted ? connection.signal.reason : cause)}.`, { cause });
  };
  let response: Response;
  try {
    // A compressed transfer would have other offsets than the file.
    response = await fetch(address, { headers: { 'accept-encoding': 'identity', ...headers }, signal: connection.signal, redirect: 'follow', credentials: 'omit' });
  } catch (error) {
    throw failure(error);
  }
  const body = response.body;
  const discard = async (): Promise<void> => {
    end();
    if (!connection.signal.aborted) connection.abort();
    await body?.cancel().catch(() => undefined);
  };
  if (address.protocol === 'https:' && !response.url.startsWith('https:')) {
    await discard();
    throw new EngineError('MODEL_MISSING', `${address.href} leads to ${response.url}, which is not secure.`, 'Something between this computer and the catalogue redirects it; try from another network.');
  }
  if (!response.ok && response.status !== 416) {
    await discard();
    throw refused(address, response);
  }
  return {
    status: response.status, headers: response.headers, discard,
    chunks: (async function* () {
      try {
        for await (const chunk of body ?? []) {
          timer.refresh();
          yield chunk;
        }
      } catch (error) {
        throw failure(error);
      } finally {
        end();
      }
    })(),
  };
}

function refused(address: URL, { status, statusText, headers }: Response): Error {
  const answer = `${address.href} answers ${status}${statusText === '' ? '' : ` ${statusText}`}.`;
  if (!AGAIN.has(status)) return new EngineError('MODEL_MISSING', answer, status === 404 || status === 410 ? 'The list of models may have changed: look at the catalogue again.' : 'The server or a proxy refuses it; try from another network.');
  const wait = Number(headers.get('retry-after'));
  return new PassingFailure(answer, Number.isFinite(wait) && wait > 0 ? { afterSeconds: wait } : {});
}

/** The innermost reason: fetch wraps it. */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}

export interface Patience {
  /** Tries in a row that brought nothing. */
  readonly tries: number;
  /** Milliseconds before the second try; doubled for each further one. */
  readonly firstDelay: number;
}

export const PATIENCE: Patience = { tries: 6, firstDelay: 500 };
const LONGEST_DELAY = 30_000;

/**
 * Calls `attempt` until it succeeds. `progressed` is asked after each passing failure: where there was progress, the count
 * begins anew. Throws what does not pass at once; EngineError MODEL_MISSING after the last try.
 */
export async function withPatience<Value>(attempt: () => Promise<Value>, { patience, signal, progressed = () => false }: { readonly patience: Patience; readonly signal: AbortSignal | undefined; readonly progressed?: () => boolean }): Promise<Value> {
  for (let failures = 0; ; ) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error;
      failures = progressed() ? 1 : failures + 1;
      if (failures >= patience.tries)
        throw new EngineError('MODEL_MISSING', error.message, 'Check the connection and try again: what is there already is kept. Behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.', { cause: error });
      await pause(Math.min(LONGEST_DELAY, Math.max(error.afterSeconds * 1000, patience.firstDelay * 2 ** (failures - 1))), signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
  });
}
