/** A studio with a project of a stream's sources, a paragraph each, as the window has it: what is measured is what a translator sees. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdaptationWay } from '../../../app/contract/shapes/adaptation.ts';
import { openStudio, type Studio } from '../../../app/core/studio.ts';
import { defaultCache, resourcesFolder } from '../../../app/cli/workspace.ts';
import type { ConfirmedPair } from '../../../native-models/adaptation/similar-pairs.ts';
import { stepProcess } from '../../../native-models/adaptation/steps/step-process.ts';
import type { Engine } from '../../../native-models/engine/engine.ts';
import { createOnnxEngine } from '../../../native-models/engine/onnx-engine.ts';

const calm = { signal: new AbortController().signal, report: (): void => undefined };
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export interface StudioRun {
  readonly handlers: Studio['handlers'];
  close(): Promise<void>;
}

/** An engine and a studio of their own, put together as the window's are. */
export function openRun(home: string, modelFolder: string, threads: number): StudioRun {
  const translating = createOnnxEngine({ modelDirs: [modelFolder], cacheDir: join(defaultCache(), 'graphs'), threads });
  const steps = stepProcess();
  const engine: Engine = {
    models: () => translating.models(), state: () => translating.state(), close: () => translating.close(), steps,
    translate: (request, options) => (request.priority === 'interactive' ? steps.yieldingTo(() => translating.translate(request, options)) : translating.translate(request, options)),
  };
  const studio = openStudio({ dir: join(home, 'workspace'), engine, resourcesDir: resourcesFolder(), log: (line) => { console.error(line); }, trustPaths: true });
  return {
    handlers: studio.handlers,
    async close() {
      studio.close();
      await translating.close();
    },
  };
}

/** Makes the project, turned on in this way or off; its path. */
export async function makeProject({ handlers }: StudioRun, home: string, pairs: readonly ConfirmedPair[], way: AdaptationWay | null): Promise<string> {
  const input = join(home, 'in'), path = join(home, `${way ?? 'off'}.bitext`);
  mkdirSync(input, { recursive: true });
  writeFileSync(join(input, 'a.html'), pairs.map(({ source }) => `<p>${escaped(source)}</p>`).join('\n'));
  const { project } = await handlers['project.create']({ path, name: 'bench', from: 'en', to: 'pt', inputs: [input] }, calm);
  if (way !== null) await turnOn({ handlers }, project.id, way);
  await handlers['project.close']({ projectId: project.id });
  return path;
}

async function turnOn({ handlers }: Pick<StudioRun, 'handlers'>, projectId: number, way: AdaptationWay): Promise<void> {
  await handlers['adaptation.set']({ projectId, on: true, way });
}

/** Confirms a segment with a text, or with its tags where it has any. */
export async function confirm({ handlers }: StudioRun, projectId: number, segmentId: number, text: string): Promise<void> {
  const [row] = await handlers['segments.rows']({ projectId, ids: [segmentId] });
  if (row !== undefined) await handlers['segment.save']({ projectId, segmentId, version: row.version, target: [text, ...row.source.filter((run) => typeof run !== 'string')], state: 'translated' });
}
