/** The core's process: database, formats, jobs. Started by main as `core-host.js RESOURCES`; BITEXT_HOME names the workspace. */
import { withPivot } from '../../native-models/engine/pivot.ts';
import type { StudioEngine } from '../core/engine-status.ts';
import { openStudio } from '../core/studio.ts';
import { createEngineClient } from './engine-client.ts';
import { connectParent } from './parent-port.ts';
import { catalogueAddress, workspaceFolder } from './places.ts';
import { serveStudio } from './serve-studio.ts';

const [resourcesDir = ''] = process.argv.slice(2);
const parent = connectParent();
const engine = createEngineClient({ onStuck: () => { parent.control.post({ t: 'event', name: 'host.engineStuck', value: {} }); } });
/** A chain of models is one more way between languages; how the process is doing stays the client's to tell. */
const translating: StudioEngine = { ...withPivot(engine), folders: engine.folders, get process() { return engine.process; }, onProcess: (listener) => engine.onProcess(listener) };
await serveStudio(parent, engine, () => openStudio({ dir: workspaceFolder(), engine: translating, resourcesDir, catalogue: catalogueAddress(), log: (line) => { console.log(line); } }));
