/** A summary of a text of any length: chunk by chunk, then of the summaries, until one run of the model covers them all. */
import { EngineError } from '../engine/engine-error.ts';
import { type Chunk, chunkText, pack, pieces } from './chunks.ts';
import type { TaskReader } from './task-reader.ts';
import type { TaskSettings } from './task-settings.ts';
import type { Summary, TaskOptions } from './text-tasks.ts';

/**
 * Throws INVALID_INPUT for a text without words, and the signal's reason between two runs of the model. Where summaries do
 * not get shorter than what they summarize, what there is stands: their chain in the text's order.
 */
export async function summarizeText(reader: TaskReader, { prefix, params }: TaskSettings, segments: readonly string[], { signal, report }: TaskOptions = {}): Promise<Summary> {
  const room = reader.room - reader.count(prefix);
  let chunks = pack(pieces(segments, (text) => reader.count(text), room), room);
  if (chunks.length === 0) throw new EngineError('INVALID_INPUT', 'There is no text to summarize.', 'Give a document that has text in it.');
  let parts: Summary['parts'] | null = null;
  for (let pass = 1; ; pass++) {
    const texts: string[] = [];
    report?.({ pass, done: 0, total: chunks.length });
    for (const chunk of chunks) {
      signal?.throwIfAborted();
      const { text } = await reader.generate(prefix + chunkText(chunk), withinText(params, chunk), signal);
      texts.push(text);
      report?.({ pass, done: texts.length, total: chunks.length });
    }
    parts ??= chunks.map((chunk, i) => ({ first: chunk[0]?.segment ?? 0, last: chunk.at(-1)?.segment ?? 0, text: texts[i] ?? '' }));
    const next = pack(pieces(texts, (text) => reader.count(text), room), room);
    if (chunks.length <= 1 || next.length >= chunks.length) return { text: texts.filter((text) => text !== '').join(' '), model: reader.name, passes: pass, parts };
    chunks = next;
  }
}

/** A model that must say more than there is makes things up: the least length is at most half of the text's. */
function withinText(params: TaskSettings['params'], chunk: Chunk): TaskSettings['params'] {
  const half = Math.floor(chunk.reduce((sum, { tokens }) => sum + tokens, 0) / 2);
  const bounded = Object.entries(params).filter(([key, value]) => (key === 'min_length' || key === 'min_new_tokens') && typeof value === 'number' && value > half);
  return { ...params, ...Object.fromEntries(bounded.map(([key]) => [key, half])) };
}
