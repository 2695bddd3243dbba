/** An answer to a question from a text of any length: the chunks that match it best are asked, the best supported answer is taken. */
import { EngineError } from '../engine/engine-error.ts';
import { type Chunk, chunkText, pack, pieces } from './chunks.ts';
import { rankByWords } from './lexical-rank.ts';
import { findSupport } from './support.ts';
import type { TaskReader } from './task-reader.ts';
import { questionText, type TaskSettings } from './task-settings.ts';
import type { Answer, FoundAnswer, TaskOptions } from './text-tasks.ts';

/** Chunks that are asked; the answer is seldom where few words of the question are. */
const MOST_CHUNKS = 5;
/** Less room than this beside the question leaves no sentence to find the answer in. */
const LEAST_ROOM = 16;

/**
 * Answers whose words stand in a segment come before those that the model has from elsewhere, then the more certain one.
 * Throws INVALID_INPUT for an empty question, one that leaves no room for text, or a text without words.
 */
export async function answerQuestion(reader: TaskReader, { prefix, params, question: put = questionText }: TaskSettings, { question: asked, segments }: { readonly question: string; readonly segments: readonly string[] }, { signal, report }: TaskOptions = {}): Promise<Answer> {
  const question = asked.replace(/\s+/g, ' ').trim();
  if (question === '') throw new EngineError('INVALID_INPUT', 'There is no question.', 'Ask one: “Who signed the contract?”');
  const room = reader.room - reader.count(prefix + put(question, ''));
  if (room < LEAST_ROOM) throw new EngineError('INVALID_INPUT', `The question is too long: ${reader.name} reads ${reader.room} tokens, question and text together.`, 'Ask a shorter question.');
  const chunks = pack(pieces(segments, (text) => reader.count(text), room), room);
  if (chunks.length === 0) throw new EngineError('INVALID_INPUT', 'There is no text to answer from.', 'Give a document that has text in it.');
  const best = bestChunks(question, chunks);
  const found: FoundAnswer[] = [];
  report?.({ pass: 1, done: 0, total: best.length });
  for (const [i, chunk] of best.entries()) {
    signal?.throwIfAborted();
    // Without a length penalty the score is a mean, which compares between answers of different lengths.
    const { text, score } = await reader.generate(prefix + put(question, chunkText(chunk)), { ...params, length_penalty: 1 }, signal);
    const { segment, share } = findSupport(text, question, chunk.map((piece) => piece.text));
    if (text !== '') found.push({ text, score, segment: segment === null ? null : (chunk[segment]?.segment ?? null), support: share });
    report?.({ pass: 1, done: i + 1, total: best.length });
  }
  const [first, ...others] = found.sort((a, b) => Number(b.support === 1) - Number(a.support === 1) || b.score - a.score);
  if (first === undefined) return { text: '', score: 0, segment: null, support: 0, model: reader.name, others: [] };
  return { ...first, model: reader.name, others };
}

/** The chunks whose segments match best, best first; those of a question that shares no word with the text are its first ones. */
function bestChunks(question: string, chunks: readonly Chunk[]): Chunk[] {
  const all = chunks.flat();
  const ranks = rankByWords(question, all.map(({ text }) => text));
  let at = 0;
  const ranked = chunks.map((chunk) => ({ chunk, rank: chunk.reduce((sum) => sum + (ranks[at++] ?? 0), 0) }));
  const matching = ranked.filter(({ rank }) => rank > 0);
  return (matching.length > 0 ? matching : ranked).sort((a, b) => b.rank - a.rank).slice(0, MOST_CHUNKS).map(({ chunk }) => chunk);
}
