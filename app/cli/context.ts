/** What a command has at hand: options that all commands share, the terminal, and the studio on demand. */
import { resolve } from 'node:path';
import type { Device } from '../contract/shapes/model.ts';
import { StudioError } from '../contract/errors.ts';
import { makeFolder } from '../core/files/make-folder.ts';
import type { Studio } from '../core/studio.ts';
import type { Engine, Precision } from '../../native-models/engine/engine.ts';
import { withNotices } from './engine-notices.ts';
import { openTerminal, type Terminal } from './terminal/terminal.ts';
import { defaultCache, defaultWorkspace, modelFolders, resourcesFolder } from './workspace.ts';

export interface SharedOptions {
  readonly workspace?: string;
  readonly threads?: string;
  readonly device?: string;
  readonly precision?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface CommandContext {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly workspace: string;
  readonly resources: string;
  readonly device: Device | 'auto';
  /** Aborted by the first Ctrl-C; the second ends the process at once. */
  readonly signal: AbortSignal;
  /** The engine in a process of its own; started at the first call. */
  engine(): Promise<Engine>;
  /** The core over that engine; opened at the first call. */
  studio(): Promise<Studio>;
  close(): Promise<void>;
}

const DEVICES: readonly Device[] = ['cpu', 'webgpu', 'directml', 'coreml', 'cuda'];
const PRECISIONS: readonly Precision[] = ['int8', 'float32', 'float16'];

/** Throws INVALID_INPUT for an option that makes no sense. */
export function createContext(options: SharedOptions, signal: AbortSignal): CommandContext {
  const terminal = openTerminal({ quiet: options.quiet ?? false, json: options.json ?? false });
  const workspace = resolve(options.workspace ?? defaultWorkspace());
  const resources = resourcesFolder();
  const threads = threadsOf(options.threads), device = deviceOf(options.device), precision = precisionOf(options.precision);
  let engine: Promise<Engine> | undefined, studio: Promise<Studio> | undefined;
  const openEngine = async (): Promise<Engine> => {
    const [{ createEngineProcess }, { withPivot }, { stepProcess }] = await Promise.all([import('../../native-models/engine/engine-process.ts'), import('../../native-models/engine/pivot.ts'), import('../../native-models/adaptation/steps/step-process.ts')]);
    const hosted = createEngineProcess({
      modelDirs: modelFolders(workspace), cacheDir: `${defaultCache()}/graphs`, device,
      ...(precision === undefined ? {} : { precision }), ...(threads === undefined ? {} : { threads }),
    });
    return withNotices({ ...withPivot(hosted), steps: stepProcess() }, (notice) => { terminal.warn(notice); });
  };
  const context: CommandContext = {
    terminal, json: options.json ?? false, workspace, resources, device, signal,
    engine: () => (engine ??= openEngine()),
    studio: () => (studio ??= (async () => {
      const [{ openStudio }, opened] = await Promise.all([import('../core/studio.ts'), context.engine()]);
      makeFolder(workspace);
      return openStudio({ dir: workspace, engine: opened, resourcesDir: resources, log: (line) => { terminal.event('log', line); }, trustPaths: true });
    })()),
    async close() {
      if (studio) (await studio).close();
      if (engine) await (await engine).close();
    },
  };
  return context;
}

function threadsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const threads = Number(text);
  if (!Number.isInteger(threads) || threads < 1 || threads > 256) throw new StudioError('INVALID_INPUT', `--threads takes a whole number from 1 to 256, not ${text}.`);
  return threads;
}

function deviceOf(text: string | undefined): Device | 'auto' {
  if (text === undefined || text === 'auto') return 'auto';
  const device = DEVICES.find((known) => known === text);
  if (!device) throw new StudioError('INVALID_INPUT', `There is no device ${text}.`, { advice: `Use auto or one of ${DEVICES.join(', ')}.` });
  return device;
}

/** Undefined: what suits the device. */
function precisionOf(text: string | undefined): Precision | undefined {
  if (text === undefined) return undefined;
  const precision = PRECISIONS.find((known) => known === text);
  if (!precision) throw new StudioError('INVALID_INPUT', `There is no precision ${text}.`, { advice: `Use one of ${PRECISIONS.join(', ')}.` });
  return precision;
}
