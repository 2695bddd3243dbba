/** How the engine is doing, for the status line. */
import type { EngineStatus } from '../contract/shapes/model.ts';
import type { Engine, ModelFolders } from '../../native-models/engine/engine.ts';
import { fromEngine } from './jobs/engine-errors.ts';

/** What an engine in a process of its own says of that process. */
export interface EngineProcess {
  readonly state: 'starting' | 'ready' | 'failed';
  /** Processes after the first one. */
  readonly restarts: number;
  readonly message: string | null;
}

/** An engine, in this process or in another one that is watched. */
export interface StudioEngine extends Engine {
  readonly process?: EngineProcess;
  /** Absent where models can't be installed. */
  readonly folders?: ModelFolders;
  onProcess?(listener: (process: EngineProcess) => void): () => void;
}

const ABSENT = { device: 'cpu', precision: null, threads: 0, loaded: [], wordsPerSecond: null, residentBytes: null } as const;

/** Never rejects: an engine that can't answer is a status, too. */
export async function engineStatus(engine: StudioEngine): Promise<EngineStatus> {
  const process = engine.process ?? { state: 'ready', restarts: 0, message: null };
  if (process.state !== 'ready') return { ...ABSENT, loaded: [], ...process };
  try {
    const { device, precision, threads, loaded, wordsPerSecond, residentBytes, notices = [] } = await engine.state();
    const message = process.message ?? (notices.length > 0 ? notices.join(' ') : null);
    return { device, precision, threads, loaded: [...loaded], wordsPerSecond, residentBytes, state: 'ready', restarts: process.restarts, message };
  } catch (error) {
    return { ...ABSENT, loaded: [], state: 'failed', restarts: process.restarts, message: fromEngine(error).message };
  }
}
