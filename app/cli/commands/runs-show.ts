import { RunDirectory, type RunEvent } from '../../../native-models/training/runs/run-directory.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { namedRun } from './named-run.ts';

type Sample = Omit<Extract<RunEvent, { kind: 'sample' }>, 'kind' | 'step'>;

interface Measurement {
  readonly step: number;
  /** By name, such as heldOutLoss, bleu, chrf. */
  readonly scores: Readonly<Record<string, number>>;
  /** Held-out sentences as they were translated then. */
  readonly samples: readonly Sample[];
  /** Whether there is a checkpoint of it. */
  readonly kept: boolean;
  readonly best: boolean;
}

/** `bitext runs show`: what a run measured on its way, what it said then, and which checkpoints are kept. */
export const runsShow: Action<SharedOptions> = async ({ terminal, workspace, json }, [name = '']) => {
  const run = new RunDirectory(namedRun(workspace, name));
  const [steps, best] = [new Set(await run.steps()), await run.bestStep()];
  const found = measurementsOf((await run.log()).map(({ event }) => event)).map((each): Measurement => ({ ...each, kept: steps.has(each.step), best: each.step === best }));
  if (json) {
    terminal.result(JSON.stringify({ folder: run.folder, checkpoints: [...steps], best, measurements: found }));
    return EXIT.done;
  }
  for (const { step, scores, samples, kept, best: isBest } of found) {
    const figures = Object.entries(scores).map(([score, value]) => `${score} ${value.toFixed(score.toLowerCase().includes('loss') ? 3 : 2)}`);
    terminal.result(`step ${step}: ${figures.join(', ')}${isBest ? '  (best)' : ''}${kept ? '  (kept)' : ''}`);
    for (const { source, output, reference } of samples) terminal.result(`    ${source}\n    -> ${output}\n    (${reference})`);
  }
  terminal.note(steps.size === 0 ? 'There is no checkpoint yet.' : `Checkpoints: ${[...steps].join(', ')}. "bitext runs attention ${name} TEXT --at STEP" says what the model makes of a text there.`);
  return EXIT.done;
};

function measurementsOf(events: readonly RunEvent[]): Pick<Measurement, 'step' | 'scores' | 'samples'>[] {
  return events.flatMap((event) => (event.kind === 'measured' ? [{ step: event.step, scores: event.scores, samples: samplesAt(event.step, events) }] : []));
}

const samplesAt = (step: number, events: readonly RunEvent[]): Sample[] => events.flatMap((event) => (event.kind === 'sample' && event.step === step ? [{ source: event.source, output: event.output, reference: event.reference }] : []));
