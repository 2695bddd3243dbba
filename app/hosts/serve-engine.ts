/** An engine of this process, served over a port. */
import type { StepLearning } from '../../native-models/adaptation/steps/step-learning.ts';
import { describeModel } from '../../native-models/catalog/find-models.ts';
import { importAny } from '../../native-models/catalog/import-zip.ts';
import type { Engine, TranslateRequest } from '../../native-models/engine/engine.ts';
import { EngineError } from '../../native-models/engine/engine-error.ts';
import type { TextTasks } from '../../native-models/tasks/text-tasks.ts';
import type { Training } from '../../native-models/training/training-tasks.ts';
import { engineContract } from '../contract/engine-contract.ts';
import type { Port } from '../rpc/port.ts';
import { serve, type Server } from '../rpc/serve.ts';

/** Which texts the model is about to be given, told to whoever asked for them. */
export class RunReports {
  readonly #listeners = new Map<TranslateRequest, (indices: readonly number[]) => void>();

  /** For the engine's `onRun`. */
  readonly tell = (request: TranslateRequest, indices: readonly number[]): void => { this.#listeners.get(request)?.(indices); };

  async during<T>(request: TranslateRequest, listener: (indices: readonly number[]) => void, work: () => Promise<T>): Promise<T> {
    this.#listeners.set(request, listener);
    try { return await work(); } finally { this.#listeners.delete(request); }
  }
}

/** `importModel` takes the place of an import that measures nothing. */
export function serveEngine(port: Port, engine: Engine, runs = new RunReports(), importModel: typeof importAny = importAny): Server {
  return serve(port, engineContract, {
    'engine.models': () => engine.models(),
    'engine.state': () => engine.state(),
    'engine.translate': (request, { signal, report }) => runs.during(request, (running) => { report({ running }); }, () => engine.translate(request, { signal, onBatch: report })),
    'engine.describeModel': ({ folder }) => describeModel(folder),
    'engine.importModel': ({ path, store }, options) => importModel(path, store, options),
    'engine.summarize': (request, options) => tasksOf(engine).summarize(request, options),
    'engine.ask': (request, options) => tasksOf(engine).ask(request, options),
    'engine.finetune': (request, options) => trainingOf(engine).finetune(request, options),
    'engine.learnSteps': (request, options) => stepsOf(engine).learn(request, options),
    'engine.attention': (request, { signal }) => trainingOf(engine).attention(request, { signal }),
  });
}

function tasksOf({ tasks }: Engine): TextTasks {
  if (tasks === undefined) throw new EngineError('MODEL_UNSUPPORTED', 'This engine only translates.', 'Use the engine that comes with the studio.');
  return tasks;
}

function stepsOf({ steps }: Engine): StepLearning {
  if (steps === undefined) throw new EngineError('MODEL_UNSUPPORTED', 'This engine does not learn.', 'Use the engine that comes with the studio.');
  return steps;
}

function trainingOf({ training }: Engine): Training {
  if (training === undefined) throw new EngineError('MODEL_UNSUPPORTED', 'This engine does not train.', 'Use the engine that comes with the studio.');
  return training;
}
