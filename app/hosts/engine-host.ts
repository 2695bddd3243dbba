/** The engine's process: models and their threads. It may be killed at any moment; nothing in it needs to be saved. */
import { availableParallelism } from 'node:os';
import { stepProcess } from '../../native-models/adaptation/steps/step-process.ts';
import { removeAbandonedImports } from '../../native-models/catalog/unfinished-imports.ts';
import type { Engine } from '../../native-models/engine/engine.ts';
import { createOnnxEngine } from '../../native-models/engine/onnx-engine.ts';
import { trainingProcess } from '../../native-models/training/process/training-process.ts';
import { hostContract } from '../contract/host-contract.ts';
import { serve } from '../rpc/serve.ts';
import { importMeasured } from './import-measured.ts';
import { connectParent } from './parent-port.ts';
import { graphsFolder, modelFolders } from './places.ts';
import { RunReports, serveEngine } from './serve-engine.ts';

// Main set it before this process began; here it is seen by whoever starts this file by hand.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

const parent = connectParent();
// A process before this one may have been killed while it imported.
for (const folder of modelFolders()) removeAbandonedImports(folder);
const runs = new RunReports();
// A core is left to the window and to the database.
const threads = Math.max(1, Math.min(8, availableParallelism() - 1));
const translating = createOnnxEngine({ modelDirs: modelFolders(), cacheDir: graphsFolder(), onRun: runs.tell, device: 'auto', threads });
// More threads than this make the steps of a student hardly faster.
const training = trainingProcess({ threads: Math.min(4, threads) });
const steps = stepProcess();
const engine: Engine = {
  models: () => translating.models(), state: () => translating.state(), close: () => translating.close(),
  ...(translating.tasks === undefined ? {} : { tasks: translating.tasks }), training, steps,
  translate: (request, options) => (request.priority === 'interactive' ? steps.yieldingTo(() => translating.translate(request, options)) : translating.translate(request, options)),
};
serve(parent.control, hostContract, {
  'host.ping': () => ({}),
  'host.grant': () => ({}),
  'host.engineGone': () => ({}),
  'host.close': () => ({}),
});
parent.onPort((_to, port) => { serveEngine(port, engine, runs, (path, store, options = {}) => importMeasured(path, store, options, threads)); });
