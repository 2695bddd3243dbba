/** Entry of a training process: one task, then it waits to be ended. It ends itself when the parent is gone. */
import { constants, setPriority } from 'node:os';
import { outcomeOf } from '../../engine/perform-in-process.ts';
import { sentenceAttention } from '../attention/sentence-attention.ts';
import { tryStepsOn } from '../devices/step-trial.ts';
import { DEFAULT_FINETUNE } from '../finetune/finetune-settings.ts';
import { finetuneModel } from '../finetune/finetune-model.ts';
import type { FromTraining, ToTraining, TrainingAnswer, TrainingTask } from './training-messages.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
const cancel = new AbortController();

const tell = (message: FromTraining): void => {
  if (process.connected) process.send?.(message);
};

async function perform(task: TrainingTask, threads: number): Promise<TrainingAnswer> {
  const { signal } = cancel;
  if (task.task === 'attention') return { task: 'attention', map: await sentenceAttention(task.request, { threads, signal }) };
  if (task.task === 'trial') return { task: 'trial', result: await tryStepsOn(task.trial, threads) };
  const settings = { ...DEFAULT_FINETUNE, ...task.request.settings };
  return { task: 'finetune', outcome: await finetuneModel({ ...task.request, settings, threads }, { signal, report: (progress) => { tell({ kind: 'progress', progress }); } }) };
}

async function answer(task: TrainingTask, threads: number): Promise<void> {
  tell(await outcomeOf(() => perform(task, threads), cancel.signal, { what: 'The training failed', advice: 'Go on with the run: it begins at its last checkpoint.' }));
}

process.on('message', (message: ToTraining) => {
  if (message.kind === 'cancel') cancel.abort(new DOMException('Cancelled.', 'AbortError'));
  else {
    // Translating goes first. A system that refuses this trains at the usual priority.
    if (message.task.task === 'finetune') try { setPriority(constants.priority.PRIORITY_BELOW_NORMAL); } catch { /* as it was */ }
    void answer(message.task, message.threads);
  }
});
// A run of the graph can't be interrupted; what is lost is made again from the last checkpoint.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
