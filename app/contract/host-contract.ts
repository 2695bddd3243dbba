/** What main asks of the processes that it started, over their parent port. Ports travel beside it as `HostPortMessage`s. */
import * as v from 'valibot';
import { Path } from './shapes/values.ts';

export const hostContract = {
  /** Answers; a process that doesn't is busy or stuck. */
  'host.ping': { kind: 'call', input: v.object({}), output: v.object({}) },
  /** Paths that a dialog, a drop or the command line yielded: the core may use them from now on. */
  'host.grant': { kind: 'call', input: v.object({ paths: v.pipe(v.array(Path), v.maxLength(100_000)) }), output: v.object({}) },
  /** The engine will not be started again. */
  'host.engineGone': { kind: 'call', input: v.object({ message: v.string() }), output: v.object({}) },
  /** Finishes what is in hand and closes its files; the process may be ended when this has answered. */
  'host.close': { kind: 'call', input: v.object({}), output: v.object({}) },
} as const;
export type HostContract = typeof hostContract;

export const hostEvents = {
  /** The process has opened what it works on and serves its ports. */
  'host.ready': v.object({}),
  /** The engine does not stop what was cancelled: a run of the model can't be interrupted, its process can. */
  'host.engineStuck': v.object({}),
  /** It can't start, and starting it again would not help; said in the form of an error. */
  'host.failed': v.object({ code: v.string(), message: v.string(), advice: v.string() }),
} as const;
export type HostEvents = typeof hostEvents;

/** Hands over the port that comes with it: to a window (the core serves it), to the core, or to the engine. */
export interface HostPortMessage { readonly t: 'port'; readonly to: 'window' | 'engine' | 'core' }
