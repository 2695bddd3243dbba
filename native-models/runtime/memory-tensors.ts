/** Packs what sentences remember into the tensors that the graph takes: see adaptation/remembered-tokens.ts. */
import { NO_KEY } from '../adaptation/remembered-tokens.ts';
import type { MemoryRun, SentenceMemory } from './compiled-model.ts';
import type { CandidateTable } from './candidates.ts';
import type { FeedTensor } from './session.ts';

/** `table`: the columns of each sentence; null: they are the token ids of a vocabulary. Tokens without a column are left out. */
export function memoryTensors({ memories, temperature, reach, most }: MemoryRun, { rows, dim, vocabulary, table }: { readonly rows: number; readonly dim: number; readonly vocabulary: number; readonly table: CandidateTable | null }): Record<string, FeedTensor> {
  const width = Math.max(1, ...memories.map((memory) => memory?.tokens.length ?? 0));
  const columns = table?.columns ?? vocabulary;
  const keys = new Float32Array(rows * dim * width);
  const squares = new Float32Array(rows * width).fill(NO_KEY);
  const keyColumns = new BigInt64Array(rows * width);
  const bias = new Float32Array(rows * columns);
  const scale = new Float32Array(rows * 3);
  for (const [row, memory] of memories.slice(0, rows).entries()) {
    if (memory === null) continue;
    const columnOf = columnsOf(row, table);
    const unit = meanSquare(memory);
    scale.set(unit === 0 ? [-1, 1, 0] : [-1 / (temperature * unit), 1 / (reach * unit), most], row * 3);
    for (const [key, token] of memory.tokens.entries()) {
      const column = columnOf(token);
      if (column < 0) continue;
      keyColumns[row * width + key] = BigInt(column);
      squares[row * width + key] = placeKey(keys, memory, { at: row * dim * width + key, step: width, key, dim });
    }
    for (const [token, nats] of memory.bias) {
      const column = columnOf(token);
      if (column >= 0) bias[row * columns + column] = nats;
    }
  }
  return {
    keys: { type: 'float32', dims: [rows, dim, width], data: keys },
    keySquares: { type: 'float32', dims: [rows, width], data: squares },
    keyColumns: { type: 'int64', dims: [rows, width], data: keyColumns },
    columnBias: { type: 'float32', dims: [rows, columns], data: bias },
    memoryScale: { type: 'float32', dims: [rows, 3], data: scale },
  };
}

/** Token ids that the memories of a sentence may lead to. */
export const tokensOf = (memory: SentenceMemory | null | undefined): readonly number[] => (memory === null || memory === undefined ? [] : [...memory.tokens, ...memory.bias.keys()]);

function columnsOf(row: number, table: CandidateTable | null): (token: number) => number {
  if (table === null) return (token) => token;
  const columns = new Map<number, number>();
  table.ids.subarray(row * table.columns, (row + 1) * table.columns).forEach((token, column) => columns.set(token, column));
  return (token) => columns.get(token) ?? -1;
}

/** Mean squared length of the states: what distances are measured in, so that one setting serves every model. */
const meanSquare = ({ states, tokens }: SentenceMemory): number => (tokens.length === 0 ? 0 : states.reduce((sum, value) => sum + value * value, 0) / tokens.length);

/** Writes a state as a column; -> its squared length. */
function placeKey(keys: Float32Array, { states }: SentenceMemory, { at, step, key, dim }: { at: number; step: number; key: number; dim: number }): number {
  let square = 0;
  for (let index = 0; index < dim; index++) {
    const value = states[key * dim + index] ?? 0;
    keys[at + index * step] = value;
    square += value * value;
  }
  return square;
}
