/** Entry of the engine's own process. */
import { createOnnxEngine } from './onnx-engine.ts';
import { serveEngineProcess } from './serve-engine-process.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
serveEngineProcess((settings, onRun) => createOnnxEngine({ ...settings, onRun }));
