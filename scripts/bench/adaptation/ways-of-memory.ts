/** The student alone, without the engine's repairs, with what similar pairs say used in different ways. */
import { PairMemory } from '../../../native-models/adaptation/pair-memory.ts';
import { type ConfirmedPair, SimilarPairs } from '../../../native-models/adaptation/similar-pairs.ts';
import type { MemoryRun } from '../../../native-models/runtime/compiled-model.ts';
import { openMarianStudent } from '../../../native-models/runtime/open-marian-student.ts';
import { openStudentFolder } from '../../../native-models/training/finetune/student-folder.ts';
import { MEASURED } from './streams.ts';

export interface MemoryWay {
  readonly name: string;
  readonly pairs: number;
  /** Added to the logits of every token of the pairs' targets. */
  readonly bias: number;
  /** Whether their states shift the distribution. */
  readonly states: boolean;
}

export const WAYS: readonly MemoryWay[] = [
  { name: 'the student alone', pairs: 0, bias: 0, states: false },
  { name: 'bias of 1 for the tokens of 4 pairs', pairs: 4, bias: 1, states: false },
  { name: 'bias of 2 for the tokens of 4 pairs', pairs: 4, bias: 2, states: false },
  { name: 'states of 4 pairs', pairs: 4, bias: 0, states: true },
  { name: 'states of 16 pairs', pairs: 16, bias: 0, states: true },
  { name: 'states of 16 pairs, and bias of 1', pairs: 16, bias: 1, states: true },
];

/** Longer sources are cut: the engine would split them. */
const MOST_TOKENS = 250;

/** Translations of the measured segments, for each way. */
export async function translateByMemory(modelFolder: string, cacheDir: string, stream: readonly ConfirmedPair[], threads: number): Promise<Map<string, string[]>> {
  const student = await openStudentFolder(modelFolder);
  const model = await openMarianStudent({ folder: modelFolder, cacheDir, precision: 'int8', threads, device: 'cpu', shortlist: true });
  const memory = new PairMemory(model);
  const confirmed = new SimilarPairs();
  const texts = new Map(WAYS.map(({ name }) => [name, [] as string[]]));
  for (const [index, pair] of stream.entries()) {
    if (index >= stream.length - MEASURED) for (const way of WAYS) {
      const near = confirmed.nearest(pair.source, way.pairs).map(({ source, target }) => ({ source: [...student.source.encode(source), student.source.eosId], target: [...student.target.encode(target), student.target.eosId] }))
        .filter(({ source, target }) => Math.max(source.length, target.length) <= MOST_TOKENS);
      const ids = [...student.source.encode(pair.source).slice(0, MOST_TOKENS), student.source.eosId];
      const { outputs } = await model.run([ids], { alignment: false, scores: false, ...(near.length === 0 ? {} : { memory: changed(await memory.of([near]), way, student.target.unkId) }) });
      texts.get(way.name)?.push(student.target.decode(outputs[0]?.ids ?? []));
    }
    confirmed.set(index, pair);
  }
  await model.close();
  return texts;
}

function changed(run: MemoryRun, { bias, states }: MemoryWay, unknown: number): MemoryRun {
  const memories = run.memories.map((memory) => (memory === null ? null : { ...memory, bias: new Map(bias === 0 ? [] : [...memory.tokens].filter((token) => token > unknown).map((token) => [token, bias] as const)) }));
  return { ...run, memories, ...(states ? {} : { most: 0 }) };
}
