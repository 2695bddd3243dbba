/** `document.summarize` and `document.ask`: the engine's tasks over a document, told in the numbers of its segments. */
import type { Handlers } from '../../contract/contract.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Progress } from '../../contract/shapes/project.ts';
import type { Engine } from '../../../native-models/engine/engine.ts';
import type { FoundAnswer, TaskOptions, TaskProgress, TextTasks } from '../../../native-models/tasks/text-tasks.ts';
import { fromEngine } from '../jobs/engine-errors.ts';
import { type NumberedSegment, type ReadingDeps, readSegments } from './readable-text.ts';

export type TextTaskHandlers = Pick<Handlers, 'document.summarize' | 'document.ask'>;

export function textTaskHandlers(deps: ReadingDeps & { readonly engine: Engine }): TextTaskHandlers {
  const { engine } = deps;
  return {
    'document.summarize': async ({ document, model }, { signal, report }) => {
      const segments = await read(document, deps, signal, report);
      const summary = await tasksOf(engine).summarize({ segments: textsOf(segments), ...(model === undefined ? {} : { model }) }, options('summarize', signal, report)).catch((error: unknown) => { throw fromEngine(error); });
      const numberOf = (index: number): number => segments[index]?.number ?? 1;
      return {
        text: summary.text, model: summary.model, passes: summary.passes, segments: segments.length,
        parts: summary.parts.map(({ first, last, text }) => ({ first: numberOf(first), last: numberOf(last), text })),
      };
    },
    'document.ask': async ({ document, question, model }, { signal, report }) => {
      const segments = await read(document, deps, signal, report);
      const { model: name, others, ...best } = await tasksOf(engine).ask({ question, segments: textsOf(segments), ...(model === undefined ? {} : { model }) }, options('ask', signal, report)).catch((error: unknown) => { throw fromEngine(error); });
      const named = ({ text, score, support, segment }: FoundAnswer) => ({ text, score, support, segment: segment === null ? null : (segments[segment] ?? null) });
      return { ...named(best), model: name, segments: segments.length, others: others.map(named) };
    },
  };
}

async function read(document: Parameters<typeof readSegments>[0], deps: ReadingDeps, signal: AbortSignal, report: (progress: Progress) => void): Promise<NumberedSegment[]> {
  report({ phase: 'read', done: 0, ...('path' in document ? { item: document.path } : {}) });
  const segments = await readSegments(document, deps, signal);
  report({ phase: 'load-model', done: 0 });
  return segments;
}

const textsOf = (segments: readonly NumberedSegment[]): string[] => segments.map(({ text }) => text);

const options = (phase: 'summarize' | 'ask', signal: AbortSignal, report: (progress: Progress) => void): TaskOptions => ({
  signal, report: ({ pass, done, total }: TaskProgress) => { report({ phase, done, total, ...(pass > 1 ? { item: `pass ${pass}` } : {}) }); },
});

function tasksOf({ tasks }: Engine): TextTasks {
  if (tasks === undefined) throw new StudioError('MODEL_UNSUPPORTED', 'This engine only translates.', { advice: 'Use the engine that comes with the studio.' });
  return tasks;
}
