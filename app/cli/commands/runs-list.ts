import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { knownRuns } from './named-run.ts';

/** `bitext runs list`: trainings and fine-tunings in the studio's folder, newest first. */
export const runsList: Action<SharedOptions> = async ({ terminal, workspace, json }) => {
  const runs = await knownRuns(workspace).runs(null);
  for (const run of runs) {
    const { id, kind, state, model, after } = run;
    const scores = after === null ? '' : `  ${after.heldOut.bleu.toFixed(1)} BLEU  ${after.heldOut.chrf.toFixed(1)} chrF`;
    terminal.result(json ? JSON.stringify(run) : `${id}  ${kind}  ${state}${model === null ? '' : `  ${model.id} ${model.from} -> ${model.to}`}${scores}`);
  }
  if (runs.length === 0) terminal.note('There are no runs. "bitext train" and "bitext finetune" make some.');
  return EXIT.done;
};
