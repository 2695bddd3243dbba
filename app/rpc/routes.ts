/** The types that a list of calls, jobs and events yields; shared by client and server. Types only. */
import type { GenericSchema, InferInput, InferOutput } from 'valibot';
import type { JobContext } from '../contract/contract.ts';

export type Route =
  | { readonly kind: 'call'; readonly input: GenericSchema; readonly output: GenericSchema }
  | { readonly kind: 'job'; readonly input: GenericSchema; readonly progress: GenericSchema; readonly output: GenericSchema };
export type Routes = Readonly<Record<string, Route>>;
export type EventSchemas = Readonly<Record<string, GenericSchema>>;

export type CallsOf<R extends Routes> = { [K in keyof R]: R[K]['kind'] extends 'call' ? K : never }[keyof R] & string;
export type JobsOf<R extends Routes> = { [K in keyof R]: R[K]['kind'] extends 'job' ? K : never }[keyof R] & string;
export type InputOf<R extends Routes, K extends keyof R> = InferInput<R[K]['input']>;
export type ParsedInputOf<R extends Routes, K extends keyof R> = InferOutput<R[K]['input']>;
export type OutputOf<R extends Routes, K extends keyof R> = InferOutput<R[K]['output']>;
export type ProgressValueOf<R extends Routes, K extends keyof R> = R[K] extends { readonly progress: infer P extends GenericSchema } ? InferOutput<P> : never;

/** One function a name; `Handlers` of the contract is this type for the studio's own list. */
export type HandlersOf<R extends Routes> = {
  readonly [K in CallsOf<R>]: (input: ParsedInputOf<R, K>) => OutputOf<R, K> | Promise<OutputOf<R, K>>;
} & {
  readonly [K in JobsOf<R>]: (input: ParsedInputOf<R, K>, context: JobContext<ProgressValueOf<R, K>>) => Promise<OutputOf<R, K>>;
};
