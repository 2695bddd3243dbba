/** How long suggestions take while a project adapts: the first behind the opening of the project, and the others, one every 0.4 s. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AdaptationWay } from '../../../app/contract/adaptation-shapes.ts';
import type { ConfirmedPair } from '../../../native-models/adaptation/similar-pairs.ts';
import { confirm, makeProject, openRun } from './studio-run.ts';

const A_SEGMENT_EVERY_MS = 400;

export interface Waiting {
  /** Milliseconds, the first one of a project that was just opened. */
  readonly times: readonly number[];
  /** The first one of the project opened again, with all that it had learned, by a new engine. */
  readonly again: number;
  /** Steps made, and in use in the end. */
  readonly steps: { readonly kept: number; readonly inUse: number };
}

/** `way` null: adaptation is off. Each segment is confirmed with the reference right before the next suggestion. */
export async function measureWaiting(pairs: readonly ConfirmedPair[], way: AdaptationWay | null, { modelFolder, threads }: { readonly modelFolder: string; readonly threads: number }): Promise<Waiting> {
  const home = mkdtempSync(join(tmpdir(), 'bitext-waiting-'));
  const targets = new Map(pairs.map(({ source, target }) => [source, target]));
  let run = openRun(home, modelFolder, threads);
  try {
    const path = await makeProject(run, home, pairs, way);
    await run.close();
    run = openRun(home, modelFolder, threads);
    const { id: projectId } = await run.handlers['project.open']({ path });
    const { ids } = await run.handlers['segments.find']({ projectId, filter: {} });
    const times: number[] = [];
    const timed = async (segmentId: number): Promise<number> => {
      const since = performance.now();
      await run.handlers['segment.suggest']({ projectId, segmentId });
      return performance.now() - since;
    };
    for (const [index, segmentId] of ids.slice(0, pairs.length).entries()) {
      times.push(await timed(segmentId));
      await pause(A_SEGMENT_EVERY_MS);
      const [row] = await run.handlers['segments.rows']({ projectId, ids: [segmentId] });
      const text = row?.source.filter((part) => typeof part === 'string').join('') ?? '';
      await confirm(run, projectId, segmentId, targets.get(text) ?? pairs[index]?.target ?? text);
    }
    const { steps } = await run.handlers['adaptation.list']({ projectId });
    await run.close();
    run = openRun(home, modelFolder, threads);
    const { id } = await run.handlers['project.open']({ path });
    const since = performance.now();
    await run.handlers['segment.suggest']({ projectId: id, segmentId: ids.at(-1) ?? 1 });
    return { times, again: performance.now() - since, steps };
  } finally {
    await run.close();
    rmSync(home, { recursive: true, force: true });
  }
}
