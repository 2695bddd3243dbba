/** What the texts of a project that adapts are led by. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Leading } from '../adaptation/leading.ts';
import type { TranslationTask } from './translation-tasks.ts';

/** The model is one for all texts; of each text the confirmed pairs that are like it. */
export interface LedTexts {
  readonly adapted?: Leading['adapted'];
  readonly similar: NonNullable<Leading['similar']>[];
}

/** Null where nothing leads any of the tasks. */
export async function ledBy(tasks: readonly TranslationTask[], leading: (segmentId: number, text: string) => Leading): Promise<LedTexts | null> {
  const led: Leading[] = [];
  for (const { text, segments } of tasks) {
    led.push(leading(segments[0].id, text));
    // Among many confirmed segments the search for each takes milliseconds.
    if (led.length % 50 === 0) await turn();
  }
  const adapted = led[0]?.adapted;
  if (adapted === undefined && led.every(({ similar }) => similar === undefined)) return null;
  return { ...(adapted === undefined ? {} : { adapted }), similar: led.map(({ similar }) => similar ?? []) };
}
