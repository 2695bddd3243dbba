/**
 * The asking end of a port. It outlives its port: when the process behind it is replaced, `connect` takes the new port,
 * listeners stay, and what was asked over the old one has been rejected.
 */
import type { InferOutput } from 'valibot';
import { fromEnvelope, StudioError, toStudioError } from '../contract/errors.ts';
import { readReply } from './frames.ts';
import type { Port } from './port.ts';
import type { CallsOf, EventSchemas, InputOf, JobsOf, OutputOf, ProgressValueOf, Routes } from './routes.ts';

export interface JobOptions<P> {
  /** Sends a cancel frame; the job then settles as the server says: CANCELLED, or a result if it was done by then. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: P) => void) | undefined;
}

export interface Client<R extends Routes, E extends EventSchemas> {
  /** Rejects with a StudioError whose code came over the port; with the `closed` error when the port closes first. */
  call<K extends CallsOf<R>>(name: K, input: InputOf<R, K>): Promise<OutputOf<R, K>>;
  job<K extends JobsOf<R>>(name: K, input: InputOf<R, K>, options?: JobOptions<ProgressValueOf<R, K>>): Promise<OutputOf<R, K>>;
  /** Listens to an event until the returned function is called. */
  on<K extends keyof E & string>(name: K, listener: (value: InferOutput<E[K]>) => void): () => void;
  /** Takes a port; what waited for one is sent now. */
  connect(port: Port): void;
  /** Gives up: everything pending and everything asked from now on is rejected with this error, until `connect`. */
  fail(error: StudioError): void;
  /** Called at each loss of the port. */
  onLost(listener: () => void): () => void;
  close(): void;
}

export interface ClientOptions {
  /** The error of what was pending when the port closed. */
  readonly closed?: () => StudioError;
  /** Looks at every value that comes in; throws when it isn't of its schema. For tests (`checkAgainst`). */
  readonly check?: (name: string, kind: 'output' | 'progress' | 'event', value: unknown) => void;
}

interface Pending {
  readonly name: string;
  readonly resolve: Receiver;
  readonly reject: (error: StudioError) => void;
  readonly onProgress: Receiver | undefined;
  readonly send: (port: Port) => void;
}
/**
 * Takes a value that is of its schema by the server's word, the trusted direction (tests pass `check`). A method's type,
 * because TypeScript lets a function of a narrower input stand for it.
 */
type Receiver = { take(value: unknown): void }['take'];

const engineExited = (): StudioError => new StudioError('ENGINE_EXITED', 'The process that was working on this has stopped.', { advice: 'It is being started again; try once more.' });

/** A client without a port yet; what is asked before `connect` waits for it. */
export function createClient<R extends Routes, E extends EventSchemas = Record<never, never>>(options: ClientOptions = {}): Client<R, E> {
  const pending = new Map<number, Pending>();
  const listeners = new Map<string, Set<Receiver>>();
  const lost = new Set<() => void>();
  let port: Port | null = null;
  let failure: StudioError | null = null;
  let next = 1;

  function receive(raw: unknown): void {
    const frame = readReply(raw);
    if (frame === null) return;
    if (frame.t === 'event') {
      options.check?.(frame.name, 'event', frame.value);
      for (const listener of listeners.get(frame.name) ?? []) listener(frame.value);
      return;
    }
    const request = pending.get(frame.id);
    if (!request) return;
    try {
      if (frame.t === 'progress') {
        options.check?.(request.name, 'progress', frame.value);
        request.onProgress?.(frame.value);
        return;
      }
      pending.delete(frame.id);
      if (frame.t === 'err') { request.reject(fromEnvelope(frame.error)); return; }
      options.check?.(request.name, 'output', frame.value);
      request.resolve(frame.value);
    } catch (error) {
      pending.delete(frame.id);
      request.reject(toStudioError(error));
    }
  }

  function rejectAll(error: StudioError): void {
    const requests = [...pending.values()];
    pending.clear();
    for (const request of requests) request.reject(error);
  }

  function lose(gone: Port): void {
    if (port !== gone) return;
    port = null;
    rejectAll((options.closed ?? engineExited)());
    for (const listener of lost) listener();
  }

  function ask<T>(name: string, input: unknown, signal?: AbortSignal, onProgress?: Receiver): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (failure) { reject(failure); return; }
      if (signal?.aborted) { reject(new StudioError('CANCELLED', 'Cancelled.')); return; }
      const id = next++;
      const cancel = (): void => {
        if (port) port.post({ t: 'cancel', id });
        else { pending.delete(id); reject(new StudioError('CANCELLED', 'Cancelled.')); }
      };
      const settled = (): void => { signal?.removeEventListener('abort', cancel); };
      signal?.addEventListener('abort', cancel, { once: true });
      const request: Pending = {
        name, onProgress,
        resolve: (value: T) => { settled(); resolve(value); },
        reject: (error) => { settled(); reject(error); },
        send: (to) => { to.post({ t: 'req', id, name, input }); },
      };
      pending.set(id, request);
      if (port) {
        try { request.send(port); } catch (error) { pending.delete(id); request.reject(toStudioError(error)); }
      }
    });
  }

  return {
    call: (name, input) => ask(name, input),
    job: (name, input, { signal, onProgress } = {}) => ask(name, input, signal, onProgress),
    on(name, listener) {
      const set = listeners.get(name) ?? new Set<Receiver>();
      listeners.set(name, set.add(listener));
      return () => { set.delete(listener); };
    },
    connect(to) {
      const old = port;
      if (old) { lose(old); old.close(); }
      failure = null;
      port = to;
      to.onClose(() => { lose(to); });
      to.onMessage((raw) => { if (port === to) receive(raw); });
      for (const request of pending.values()) request.send(to);
    },
    fail(error) { failure = error; rejectAll(error); },
    onLost(listener) { lost.add(listener); return () => { lost.delete(listener); }; },
    close() {
      const old = port;
      if (old) { lose(old); old.close(); }
      else rejectAll((options.closed ?? engineExited)());
    },
  };
}
