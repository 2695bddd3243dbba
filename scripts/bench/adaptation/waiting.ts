/** How long suggestions take while a project adapts: one every 0.4 s, and the first behind the opening of a project. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AdaptationWay } from '../../../app/contract/shapes/adaptation.ts';
import type { ConfirmedPair } from '../../../native-models/adaptation/similar-pairs.ts';
import { confirm, makeProject, openRun } from './studio-run.ts';

const A_SEGMENT_EVERY_MS = 400;
/** Until new weights are in use; a busy machine makes none in this time. */
const MOST_SECONDS = 240;
const OPENINGS = 5;

interface Place {
  readonly modelFolder: string;
  readonly threads: number;
}

export interface Waiting {
  /** Milliseconds, the first one of the project left out. */
  readonly times: readonly number[];
  /** Steps made, and in use in the end. */
  readonly steps: { readonly kept: number; readonly inUse: number };
}

/** `way` null: adaptation is off. Each segment is confirmed with its reference 0.4 s behind its suggestion, right before the next one. */
export async function measureWaiting(pairs: readonly ConfirmedPair[], way: AdaptationWay | null, { modelFolder, threads }: Place): Promise<Waiting> {
  const home = mkdtempSync(join(tmpdir(), 'bitext-waiting-'));
  const targets = new Map(pairs.map(({ source, target }) => [source, target]));
  const run = openRun(home, modelFolder, threads);
  try {
    const path = await makeProject(run, home, pairs, way);
    const { id: projectId } = await run.handlers['project.open']({ path });
    const { ids } = await run.handlers['segments.find']({ projectId, filter: {} });
    const times: number[] = [];
    const suggest = async (segmentId: number): Promise<void> => {
      const since = performance.now();
      await run.handlers['segment.suggest']({ projectId, segmentId });
      times.push(performance.now() - since);
      await pause(A_SEGMENT_EVERY_MS);
    };
    for (const segmentId of ids) {
      await suggest(segmentId);
      const [row] = await run.handlers['segments.rows']({ projectId, ids: [segmentId] });
      const text = row?.source.filter((part) => typeof part === 'string').join('') ?? '';
      await confirm(run, projectId, segmentId, targets.get(text) ?? text);
    }
    const begun = performance.now();
    const stateOf = async (): Promise<Waiting['steps']> => (await run.handlers['adaptation.list']({ projectId })).steps;
    while (way !== null && way !== 'memory' && (await stateOf()).inUse === 0 && performance.now() - begun < MOST_SECONDS * 1000) await suggest(ids[times.length % ids.length] ?? 1);
    // What a suggestion costs right behind the change.
    for (const segmentId of ids.slice(0, 10)) await suggest(segmentId);
    return { times: times.slice(1), steps: await stateOf() };
  } finally {
    await run.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Milliseconds from the opening of a project by a new engine to its first suggestion, off and on in turn, sorted. */
export async function measureOpening(pairs: readonly ConfirmedPair[], { modelFolder, threads }: Place): Promise<{ readonly off: number[]; readonly on: number[] }> {
  const home = mkdtempSync(join(tmpdir(), 'bitext-opening-'));
  const firstSuggestion = async (path: string): Promise<number> => {
    const run = openRun(home, modelFolder, threads);
    const since = performance.now();
    const { id: projectId } = await run.handlers['project.open']({ path });
    await run.handlers['segment.suggest']({ projectId, segmentId: pairs.length });
    const milliseconds = performance.now() - since;
    await run.close();
    return milliseconds;
  };
  try {
    const making = openRun(home, modelFolder, threads);
    const paths = { off: await makeProject(making, home, pairs, null), on: await makeProject(making, home, pairs, 'both') };
    await making.close();
    const times: { off: number[]; on: number[] } = { off: [], on: [] };
    // The first two warm the caches of the disk.
    for (let opening = 0; opening <= OPENINGS; opening++) for (const side of ['off', 'on'] as const) {
      const milliseconds = await firstSuggestion(paths[side]);
      if (opening > 0) times[side].push(milliseconds);
    }
    return { off: times.off.sort((a, b) => a - b), on: times.on.sort((a, b) => a - b) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
