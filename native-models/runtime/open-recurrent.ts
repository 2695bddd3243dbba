/** Opens a recurrent model, from its folder or from parameters that are being trained. */
import { MOST_RECURRENT_STEPS, outputArchitecture, recurrentGraph, type RecurrentParameterValues } from '../architectures/recurrent/recurrent-graph.ts';
import type { RecurrentConfiguration } from '../architectures/recurrent/configuration.ts';
import type { EngineDevice } from '../engine/engine.ts';
import { encodeModel } from '../onnx/model-proto.ts';
import { readRecurrentFolder } from '../weights/recurrent-folder.ts';
import type { CompiledModel } from './compiled-model.ts';
import { openSession } from './session.ts';
import { StudentModel } from './student-model.ts';

export interface OpenRecurrentOptions {
  readonly threads: number;
  readonly device: EngineDevice;
}

/** Longest source, EOS included. */
const MOST_SOURCE_TOKENS = 256;

/** The graph is made anew each time: these models are small. Errors: those of `readRecurrentFolder`, DEVICE_UNAVAILABLE. */
export async function openRecurrentFolder(folder: string, options: OpenRecurrentOptions): Promise<CompiledModel> {
  const { configuration, parameters } = await readRecurrentFolder(folder);
  return openRecurrent(configuration, parameters, options);
}

export function openRecurrent(configuration: RecurrentConfiguration, parameters: ReadonlyMap<string, RecurrentParameterValues>, { threads, device }: OpenRecurrentOptions): CompiledModel {
  return new StudentModel({
    architecture: outputArchitecture(configuration),
    openVariant: (variant) => openSession(encodeModel(recurrentGraph(configuration, parameters, variant)), { threads, device, memoryPlans: false }),
    finder: null,
    maxSourceTokens: MOST_SOURCE_TOKENS,
    maxTargetTokens: MOST_RECURRENT_STEPS,
  });
}
