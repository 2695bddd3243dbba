/** The answering end of a port: parses what comes in, runs the handler, sends its result, progress or error. */
import * as v from 'valibot';
import { StudioError, toEnvelope } from '../contract/errors.ts';
import { readRequest, type RequestFrame } from './frames.ts';
import type { Port } from './port.ts';
import type { HandlersOf, Routes } from './routes.ts';

export interface Server {
  /** Announces a changed state to this port. */
  emit(name: string, value: unknown): void;
  /** Cancels what runs and lets go of the port. */
  close(): void;
}
interface Context { readonly signal: AbortSignal; report(progress: unknown): void }
/** A handler by a name known at run time only; a method's type, so that a handler of a narrower, parsed input stands for it. */
type Handler = { handle(input: unknown, context: Context): unknown }['handle'];

/**
 * Serves `routes` over `port`. Input is the untrusted direction: it is parsed by the route's schema before the handler
 * sees it (INVALID_INPUT names the path that is wrong). An unknown name is UNKNOWN_CALL. When the port closes, everything
 * that runs for it is cancelled.
 */
export function serve<R extends Routes>(port: Port, routes: R, handlers: HandlersOf<R>): Server;
export function serve(port: Port, routes: Routes, handlers: Readonly<Record<string, Handler>>): Server {
  const running = new Map<number, AbortController>();
  let open = true;
  const reply = (frame: object): void => { if (open) port.post(frame); };

  async function run({ id, name, input }: Extract<RequestFrame, { t: 'req' }>): Promise<void> {
    const abort = new AbortController();
    running.set(id, abort);
    try {
      const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
      const handler = handlers[name];
      if (!route || !handler) throw new StudioError('UNKNOWN_CALL', `There is no call '${name}'.`, { data: { name } });
      const parsed = parse(name, route.input, input);
      const value = await handler(parsed, { signal: abort.signal, report: (progress) => { if (running.has(id)) reply({ t: 'progress', id, value: progress }); } });
      running.delete(id);
      reply({ t: 'ok', id, value });
    } catch (error) {
      running.delete(id);
      reply({ t: 'err', id, error: toEnvelope(error) });
    }
  }

  function stop(): void {
    if (!open) return;
    open = false;
    for (const abort of running.values()) abort.abort();
    running.clear();
  }

  port.onClose(stop);
  port.onMessage((raw) => {
    const frame = readRequest(raw);
    if (frame === null) return;
    if (frame.t === 'cancel') running.get(frame.id)?.abort();
    else if (!running.has(frame.id)) void run(frame);
  });
  return {
    emit: (name, value) => { reply({ t: 'event', name, value }); },
    close: () => { stop(); port.close(); },
  };
}

function parse(name: string, schema: v.GenericSchema, input: unknown): unknown {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? '';
  throw new StudioError('INVALID_INPUT', `${name}: ${where === '' ? '' : `${where}: `}${issue.message}.`, { data: { name, path: where } });
}
