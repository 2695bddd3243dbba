/** The translation of a whole project with and without adaptation: words a second. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AdaptationWay } from '../../../app/contract/shapes/adaptation.ts';
import type { ConfirmedPair } from '../../../native-models/adaptation/similar-pairs.ts';
import { confirm, makeProject, openRun } from './studio-run.ts';

export interface WholeProject {
  readonly way: AdaptationWay | 'off';
  readonly words: number;
  readonly wordsPerSecond: number;
  /** Processor time of this process, the engine's threads included. */
  readonly wordsPerCpuSecond: number;
}

const calm = { signal: new AbortController().signal, report: (): void => undefined };

/** The first 300 pairs are confirmed, the others translated; each way in turn, `rounds` times, the best of each. */
export async function translateWhole(pairs: readonly ConfirmedPair[], ways: readonly (AdaptationWay | 'off')[], { modelFolder, threads, rounds }: { readonly modelFolder: string; readonly threads: number; readonly rounds: number }): Promise<WholeProject[]> {
  const home = mkdtempSync(join(tmpdir(), 'bitext-whole-'));
  const run = openRun(home, modelFolder, threads);
  const best = new Map<string, WholeProject>();
  try {
    const path = await makeProject(run, home, pairs, null);
    const { id } = await run.handlers['project.open']({ path });
    const targets = new Map(pairs.slice(0, 300).map(({ source, target }) => [source, target]));
    const { ids } = await run.handlers['segments.find']({ projectId: id, filter: {} });
    for (const segmentId of ids) {
      const [row] = await run.handlers['segments.rows']({ projectId: id, ids: [segmentId] });
      const target = targets.get(row?.source.filter((part) => typeof part === 'string').join('') ?? '');
      if (target !== undefined) await confirm(run, id, segmentId, target);
    }
    await run.handlers['project.close']({ projectId: id });
    for (let round = 0; round < rounds; round++) for (const way of ways) {
      const copy = join(home, `${way}-${round}.bitext`);
      copyFileSync(path, copy);
      const { id: projectId } = await run.handlers['project.open']({ path: copy });
      if (way !== 'off') {
        await run.handlers['adaptation.set']({ projectId, on: true, way });
        while (!(await run.handlers['adaptation.list']({ projectId })).ready) await pause(20);
      }
      const cpu = process.cpuUsage();
      const { words, seconds } = await run.handlers['translate.run']({ projectId, scope: 'not-started' }, calm);
      const { user, system } = process.cpuUsage(cpu);
      const measured = { way, words, wordsPerSecond: words / seconds, wordsPerCpuSecond: words / ((user + system) / 1e6) };
      if (measured.wordsPerCpuSecond > (best.get(way)?.wordsPerCpuSecond ?? 0)) best.set(way, measured);
      await run.handlers['project.close']({ projectId });
    }
    return ways.flatMap((way) => best.get(way) ?? []);
  } finally {
    await run.close();
    rmSync(home, { recursive: true, force: true });
  }
}
